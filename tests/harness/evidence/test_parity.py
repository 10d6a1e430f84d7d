"""Two runs compared: what counts as a difference, and what explains one."""

from harness.evidence import Side, differences
from harness.model import Capability, Measured, UnitResult, Unknown, UnknownKind, Verdict

HOW = "four messages began one after the other"


def _side(target: str, *results: UnitResult, lacks: Capability | None = None) -> Side:
    measured = {c: Measured(c, c is not lacks, HOW if c is lacks else "fine") for c in Capability}
    return Side(target, results, measured)


def _unit(
    verdict: Verdict = Verdict.PASS, *unknowns: Unknown, name: str = "u", digest: str = "d",
    worker: str = "main", **statuses: str,
) -> UnitResult:  # fmt: skip
    answered = {op: dict.fromkeys(seen.split(), 1) for op, seen in statuses.items()}
    return UnitResult(
        unit=name, title=name, kind="positive", verdict=verdict, unknowns=unknowns, digest=digest,
        statuses=answered, worker=worker,
    )  # fmt: skip


def _lack(why: str) -> Unknown:
    return Unknown(kind=UnknownKind.CAPABILITY, what="a law", why=why, unit="u")


def test_the_same_verdicts_cases_and_answers_are_parity_whoever_ran_them() -> None:
    here = _side("embedded", _unit(op="200 400"), _unit(name="history-gw0", digest="x"))
    there = _side("localstack", _unit(op="400 200", worker="gw1"), _unit(name="history-gw1"))
    assert differences(here, there) == []


def test_another_verdict_is_unexplained_where_nobody_named_a_capability() -> None:
    here, there = _side("embedded", _unit()), _side("localstack", _unit(Verdict.FAIL))
    (told,) = differences(here, there)
    assert (told.unit, told.what, told.by) == ("u", "pass on embedded, fail on localstack", ())


def test_a_capability_that_a_law_named_and_only_one_has_explains_it() -> None:
    lacking = Capability.QUEUE_CONCURRENCY
    for why in (f"came from 1 environment ({lacking})", HOW):
        here = _side("embedded", _unit())
        there = _side("localstack", _unit(Verdict.UNKNOWN, _lack(why)), lacks=lacking)
        (told,) = differences(here, there)
        assert told.by == (lacking,)


def test_one_that_both_have_or_that_nobody_named_explains_nothing() -> None:
    lacking = Capability.QUEUE_CONCURRENCY
    both = _side("localstack", _unit(Verdict.UNKNOWN, _lack(f"few ({lacking})")))
    assert differences(_side("embedded", _unit()), both)[0].by == ()
    unnamed = _side("localstack", _unit(Verdict.FAIL), lacks=lacking)
    assert differences(_side("embedded", _unit()), unnamed)[0].by == ()


def test_an_answer_that_only_one_gave_is_a_difference() -> None:
    here, there = _side("embedded", _unit(op="200")), _side("localstack", _unit(op="200 500"))
    (told,) = differences(here, there)
    assert told.what == "op answered 500 on localstack alone"


def test_other_cases_from_the_same_seed_are_a_difference() -> None:
    here, there = _side("embedded", _unit()), _side("localstack", _unit(digest="other"))
    assert [d.what for d in differences(here, there)] == ["the same seed drew other cases"]


def test_a_unit_that_only_one_judged_is_a_difference() -> None:
    here, there = _side("embedded", _unit(), _unit(name="more")), _side("localstack", _unit())
    (told,) = differences(here, there)
    assert (told.unit, told.what) == ("more", "was judged on embedded alone")


def test_what_a_limit_answers_depends_on_pace_and_is_no_difference() -> None:
    here, there = (
        _unit(op=seen).model_copy(update={"paced": ("429",)}) for seen in ("200 429", "200")
    )
    assert differences(_side("embedded", here), _side("localstack", there)) == []


def test_what_a_unit_leans_on_explains_its_answers_and_nothing_else() -> None:
    lacking = Capability.REQUEST_VALIDATION
    leaning = {"leans": (lacking,)}
    here = _side("embedded", _unit(op="400 401").model_copy(update=leaning), lacks=lacking)
    there = _side("localstack", _unit(Verdict.FAIL, op="400").model_copy(update=leaning))
    verdict, answers = differences(here, there)
    assert (verdict.what, verdict.by) == ("pass on embedded, fail on localstack", ())
    assert (answers.what, answers.by) == ("op answered 401 on embedded alone", (lacking,))
    both = _side("embedded", _unit(op="400 401").model_copy(update=leaning))
    (unexplained,) = differences(
        both, _side("localstack", _unit(op="400").model_copy(update=leaning))
    )
    assert unexplained.by == ()

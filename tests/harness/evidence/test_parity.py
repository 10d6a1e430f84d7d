"""Two runs compared: what counts as a difference, and what explains one."""

from harness.evidence import Side, differences
from harness.model import Capability, Measured, UnitResult, Unknown, UnknownKind, Verdict

LACKING = Capability.QUEUE_CONCURRENCY


def _side(target: str, *results: UnitResult, lacks: Capability | None = None) -> Side:
    measured = {c: Measured(c, c is not lacks, "tried") for c in Capability}
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


def _lack(*lacks: Capability, answer: tuple[str, str] | None = None) -> Unknown:
    return Unknown(
        kind=UnknownKind.CAPABILITY, what="a law", why="it can't", unit="u", capabilities=lacks,
        answer=answer,
    )  # fmt: skip


def test_the_same_verdicts_cases_and_answers_are_parity_whoever_ran_them() -> None:
    here = _side("embedded", _unit(op="200 400"), _unit(name="history-gw0", digest="x"))
    there = _side("localstack", _unit(op="400 200", worker="gw1"), _unit(name="history-gw1"))
    assert differences(here, there) == []


def test_another_verdict_is_unexplained_where_nobody_named_a_capability() -> None:
    here, there = _side("embedded", _unit()), _side("localstack", _unit(Verdict.FAIL))
    (told,) = differences(here, there)
    assert (told.unit, told.what, told.by) == ("u", "pass on embedded, fail on localstack", ())


def test_a_capability_that_a_law_named_and_only_one_has_explains_it() -> None:
    here = _side("embedded", _unit())
    there = _side("localstack", _unit(Verdict.UNKNOWN, _lack(LACKING)), lacks=LACKING)
    for sides in ((here, there), (there, here)):
        (told,) = differences(*sides)
        assert told.by == (LACKING,)


def test_one_that_both_have_or_that_nobody_named_explains_nothing() -> None:
    both = _side("localstack", _unit(Verdict.UNKNOWN, _lack(LACKING)))
    assert differences(_side("embedded", _unit()), both)[0].by == ()
    unnamed = _side("localstack", _unit(Verdict.UNKNOWN, _lack()), lacks=LACKING)
    assert differences(_side("embedded", _unit()), unnamed)[0].by == ()


def test_a_failure_is_never_explained_by_what_either_side_could_not_tell() -> None:
    lack = _lack(LACKING)
    for one, other in (
        (_unit(Verdict.FAIL), _unit(Verdict.UNKNOWN, lack)),
        (_unit(), _unit(Verdict.FAIL, lack)),
    ):
        (told,) = differences(_side("embedded", one), _side("localstack", other, lacks=LACKING))
        assert told.by == ()


def test_what_else_kept_a_unit_from_a_verdict_is_not_explained_by_what_is_lacking() -> None:
    short = Unknown(kind=UnknownKind.BUDGET, what="u", why="2 of 5 cases", unit="u")
    there = _unit(Verdict.UNKNOWN, _lack(LACKING), short)
    (told,) = differences(_side("embedded", _unit()), _side("localstack", there, lacks=LACKING))
    assert told.by == ()


def test_a_unit_that_was_not_begun_on_one_side_differs_by_its_verdict_alone() -> None:
    there = _unit(Verdict.UNKNOWN, _lack(LACKING), digest="")
    sides = _side("embedded", _unit(op="200")), _side("localstack", there, lacks=LACKING)
    assert [(d.what, d.by) for d in differences(*sides)] == [
        ("pass on embedded, unknown on localstack", (LACKING,))
    ]


def test_what_excused_an_operations_answer_explains_answers_of_that_operation_alone() -> None:
    excused = _lack(LACKING, answer=("op", "500"))

    def told(answered: str, **other: str) -> list[tuple[str, bool]]:
        here = _side("embedded", _unit(op="415 200", other="200"))
        there = _unit(Verdict.PASS, excused, **{"op": answered, "other": "200", **other})
        found = differences(here, _side("localstack", there, lacks=LACKING))
        return [(d.what, bool(d.by)) for d in found]

    assert told("200 500") == [("op answered 415 on embedded alone; 500 on localstack alone", True)]
    assert told("200 415 502") == [("op answered 502 on localstack alone", False)]
    assert told("200 415", other="200 500") == [("other answered 500 on localstack alone", False)]


def test_what_excused_an_answer_explains_no_other_cases() -> None:
    excused = _lack(LACKING, answer=("op", "500"))
    there = _side("localstack", _unit(Verdict.PASS, excused, digest="other"), lacks=LACKING)
    (told,) = differences(_side("embedded", _unit()), there)
    assert (told.what, told.by) == ("the same seed drew other cases", ())


def test_other_cases_of_a_sequence_follow_from_answers_that_it_leans_on() -> None:
    sequence = {"kind": "stateful", "leans": (LACKING,)}
    here = _side("embedded", _unit().model_copy(update=sequence))
    there = _unit(digest="other").model_copy(update=sequence)
    assert differences(here, _side("localstack", there, lacks=LACKING))[0].by == (LACKING,)
    assert differences(here, _side("localstack", there))[0].by == ()


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
    failing = _unit(op="400 500").model_copy(update=leaning)
    (failed,) = differences(
        _side("embedded", failing, lacks=lacking),
        _side("localstack", _unit(op="400").model_copy(update=leaning)),
    )
    assert failed.by == ()
    both = _side("embedded", _unit(op="400 401").model_copy(update=leaning))
    (unexplained,) = differences(
        both, _side("localstack", _unit(op="400").model_copy(update=leaning))
    )
    assert unexplained.by == ()


def test_what_was_made_on_the_way_on_one_side_alone_is_no_difference() -> None:
    name = "schema.graphql::Query.order::positive"
    made = {"Mutation.submit": {"ok": 1}, "Query.order": {"ok": 1}}
    one = _unit(name=name).model_copy(update={"statuses": made})
    other = _unit(name=name).model_copy(update={"statuses": {"Query.order": {"ok": 1}}})
    assert differences(_side("embedded", one), _side("localstack", other)) == []
    silent = _unit(name=name).model_copy(update={"statuses": {"Mutation.submit": {"ok": 1}}})
    (told,) = differences(_side("embedded", one), _side("localstack", silent))
    assert told.what == "Query.order answered ok on embedded alone"
    failed = {"Mutation.submit": {"FAILED": 1}, "Query.order": {"ok": 1}}
    broken = _unit(name=name).model_copy(update={"statuses": failed})
    (told,) = differences(_side("embedded", one), _side("localstack", broken))
    assert told.what.startswith("Mutation.submit answered")

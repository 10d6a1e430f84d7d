import pytest

from harness.model import (
    Action,
    Fault,
    HarnessError,
    Judgement,
    Point,
    Unknown,
    UnknownKind,
    Verdict,
    fingerprint,
    undecided,
    worst,
)


def fault(**more: object) -> Fault:
    about = {"at": Point(service="pay", operation="charge"), "do": Action(do="lose"), **more}
    return Fault.model_validate(about)


def test_the_worst_verdict_wins() -> None:
    assert worst([Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]) is Verdict.FAIL
    assert worst([Verdict.PASS, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.PASS]) is Verdict.PASS


def test_of_no_verdicts_nothing_is_known() -> None:
    assert worst([]) is Verdict.UNKNOWN


def test_a_fault_is_known_by_what_it_is() -> None:
    assert fault().id == "pay.charge #1 before lose"
    assert fault().id == fault().id
    assert fault(nth=2).id != fault().id
    assert fault(nth="every", per_key=True, place="after").id == "pay.charge every/key after lose"
    assert fault(nth=2, per_key="one").id == "pay.charge #2/one key before lose"


def test_an_action_is_told_with_its_figures() -> None:
    assert str(Action(do="error", status=503, code="x")) == "error(503, x)"
    assert str(Action(do="latency", seconds=1.5)) == "latency(1.5 s)"


@pytest.mark.parametrize("wrong", [{"nth": 0}, {"place": "during"}, {"probability": 2}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        fault(**wrong)


def test_a_fingerprint_is_the_same_for_the_same_parts_alone() -> None:
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert fingerprint("a", "b") != fingerprint("ab", "")


def test_only_a_measured_lack_a_fault_that_missed_or_single_keys_left_open_are_excused() -> None:
    excused = {k for k in UnknownKind if Unknown(kind=k, what="x", why="y").excused}
    assert excused == {UnknownKind.CAPABILITY, UnknownKind.NOT_REACHED, UnknownKind.UNDECIDED}


def judged(*keys: str, verdict: Verdict = Verdict.PASS) -> Judgement:
    return Judgement(law="paid", verdict=verdict, saw=9, undecided=keys)


def test_what_a_law_could_not_tell_of_single_keys_is_one_line_of_that_law() -> None:
    (line,) = undecided([judged("a", "b"), judged("b", "c", "d"), judged()], "unit")
    assert (line.kind, line.what, line.unit) == (UnknownKind.UNDECIDED, "paid", "unit")
    assert line.why.startswith("of 4 (a, b, c …) ")


def test_a_law_that_could_not_tell_at_all_says_so_by_itself() -> None:
    assert undecided([judged("a", verdict=Verdict.UNKNOWN)], "unit") == []


def test_an_error_says_what_to_do_next() -> None:
    assert str(HarnessError("no uv", "Install it.")) == "no uv\n  Install it."
    assert str(HarnessError("no uv")) == "no uv"

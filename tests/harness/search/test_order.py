"""What finds most comes first, everywhere before anywhere again."""

from harness.faults import Menu, Option
from harness.model import Action, Capability, Fault, Plan, Point
from harness.search import Candidate, singles
from harness.search.order import Harm, harm_of, is_mild
from harness.search.spots import Spot


def spot(operation: str, *, service: str = "dynamodb", function: str = "Pay", nth: int = 1) -> Spot:
    at = Point(service=service, operation=operation, function=function, resource="It")
    return Spot(to="aws", at=at, nth=nth)


PUT, READ, SEND = spot("PutItem"), spot("GetItem"), spot("SendMessage", service="sqs")
CHARGE = Spot(to="double", at=Point(service="bank", operation="charge"), nth=1)
BANK = Menu(
    "bank",
    (
        Option("charge", "before", Action(do="error", status=503), "the bank is overloaded"),
        Option("charge", "before", Action(do="reset"), "the connection broke"),
        Option("charge", "after", Action(do="lose"), "charged, and its answer was lost"),
    ),
)


def order(*spots: Spot, seed: int = 0) -> list[Fault]:
    made: tuple[Candidate, ...]
    made, _ = singles("s.py::s", spots, Plan(), {"bank": BANK}, frozenset(Capability), seed)
    return [candidate.plan.faults[-1] for candidate in made]


def harms(faults: list[Fault]) -> list[Harm]:
    return [harm_of(fault) for fault in faults]


def test_who_writes_a_record_dies_right_then_before_anything_else() -> None:
    for seed in range(9):
        assert harms(order(PUT, seed=seed))[:5] == [
            Harm.DIED_AFTER, Harm.FAILED, Harm.UNHEARD, Harm.DIED_BEFORE, Harm.TWICE,
        ]  # fmt: skip


def test_a_message_cannot_be_sent_before_anything_else() -> None:
    for seed in range(9):
        assert harms(order(SEND, seed=seed))[:2] == [Harm.FAILED, Harm.DIED_AFTER]


def test_what_a_third_party_did_without_saying_so_comes_first() -> None:
    for seed in range(9):
        first, *others = order(PUT, CHARGE, seed=seed)
        assert (first.at.service, first.do.do) == ("bank", "lose")
        assert others[0].at.service == "dynamodb"


def test_each_call_fails_in_one_way_before_any_fails_in_another() -> None:
    writes = [spot("PutItem", nth=n) for n in (1, 2, 3)]
    for seed in range(9):
        faults = order(*writes, SEND, seed=seed)
        for round_ in (0, 1):
            called = [(f.at.operation, f.nth) for f in faults[4 * round_ : 4 * round_ + 4]]
            assert len(set(called)) == 4


def test_within_a_round_each_kind_of_call_comes_once_before_any_again() -> None:
    writes = [spot("PutItem", nth=n) for n in (1, 2, 3)]
    for seed in range(9):
        operations = [fault.at.operation for fault in order(*writes, SEND, seed=seed)]
        assert set(operations[:2]) == set(operations[4:6]) == {"PutItem", "SendMessage"}


def test_calls_of_a_kind_begin_with_different_harm() -> None:
    writes = [spot("PutItem", nth=n) for n in (1, 2, 3)]
    for seed in range(9):
        assert harms(order(*writes, seed=seed))[:3] == [
            Harm.DIED_AFTER, Harm.FAILED, Harm.UNHEARD,
        ]  # fmt: skip


def test_reads_wait_while_others_have_failed_twice() -> None:
    for seed in range(9):
        operations = [fault.at.operation for fault in order(READ, PUT, SEND, seed=seed)]
        assert operations.index("GetItem") in range(4, 7)


def test_what_an_sdk_or_patience_mends_comes_after_what_ends_an_invocation() -> None:
    mild = [is_mild(fault) for fault in order(PUT, READ, SEND)]
    assert mild == sorted(mild)
    assert {fault.do.do for fault in order(PUT) if is_mild(fault)} == {
        "throttle", "latency", "hold", "truncate", "duplicate", "reorder",
    }  # fmt: skip

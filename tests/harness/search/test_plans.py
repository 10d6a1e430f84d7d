"""Every single fault that applies, then several at once: the same every time."""

from itertools import islice

from harness.faults import Menu, Option, fault
from harness.model import Action, Capability, Plan, Point
from harness.search import Candidate, Leftout, drawn_plans, singles
from harness.search.spots import Spot
from harness.wire import WAYS

PUT = Spot(
    to="aws", at=Point(service="dynamodb", operation="PutItem", function="Pay", resource="Orders"),
    nth=2,
)  # fmt: skip
READ = Spot(
    to="aws", at=Point(service="dynamodb", operation="GetItem", function="Pay", resource="Orders"),
    nth=1, consistent=True,
)  # fmt: skip
CHARGE = Spot(to="double", at=Point(service="bank", operation="charge"), nth=1)
PUBLISH = Spot(to="front", at=Point(service="appsync", operation="publish"), nth=1)
BANK = Menu(
    "bank",
    (
        Option("charge", "before", Action(do="error", status=503), "the bank is overloaded"),
        Option("charge", "before", Action(do="decline"), "the bank says no", course=True),
    ),
)
ALL = frozenset(Capability)


def made(
    *spots: Spot, own: Plan | None = None, can: frozenset[Capability] = ALL, seed: int = 0
) -> tuple[tuple[Candidate, ...], tuple[Leftout, ...]]:
    return singles("s.py::s", spots, own or Plan(), {"bank": BANK}, can, seed)


def test_each_way_of_failing_is_either_a_candidate_or_left_out_with_its_reason() -> None:
    for spot in (PUT, READ, PUBLISH):
        candidates, left = made(spot)
        assert (
            len(candidates) + len(left) >= len(WAYS) - 1
        )  # the front can't tell once from for good
        assert candidates
        assert all(each.why for each in left)


def test_a_candidate_fails_the_call_that_was_seen_and_no_other() -> None:
    for candidate in made(PUT)[0]:
        (planned,) = candidate.plan.faults
        assert (planned.at, planned.nth) == (PUT.at, 2)


def test_what_doubles_declare_applies_to_their_calls() -> None:
    ((candidate,), left) = made(CHARGE)
    assert candidate.added == (fault("bank.charge", "error", status=503).id,)
    assert [each.what for each in left] == ["bank: bank.charge #1: the bank says no"]


def test_a_double_without_faults_of_an_operation_is_said() -> None:
    spot = Spot(to="double", at=Point(service="bank", operation="refund"), nth=1)
    candidates, (left,) = made(spot)
    assert (candidates, left.what) == ((), "bank: bank.refund #1: any fault")


def test_what_the_target_cannot_do_is_left_out() -> None:
    candidates, left = made(PUT, can=frozenset())
    assert not [c for c in candidates if "kill" in c.id]
    assert [each.what for each in left if "lacks" in each.why] == [
        "Pay: dynamodb.PutItem@Orders #2: killed before",
        "Pay: dynamodb.PutItem@Orders #2: killed after",
    ]


def test_the_storys_own_faults_happen_in_every_candidate_and_are_not_added_again() -> None:
    own = Plan(faults=(fault("bank.charge", "error", status=503),))
    assert made(CHARGE, own=own)[0] == ()
    assert all(c.plan.faults[0] == own.faults[0] for c in made(PUT, own=own)[0])


def test_a_call_that_the_storys_own_fault_befalls_is_left_out_with_that_reason() -> None:
    candidates, left = made(CHARGE, own=Plan(faults=(fault("bank.charge", "reset"),)))
    assert candidates == ()
    assert "the story's own fault befalls this call" in {each.why for each in left}


def test_where_another_entity_makes_the_call_too_a_fault_waits_for_it() -> None:
    own = Plan(faults=(fault("bank.charge", "reset"),))
    keyed = CHARGE.model_copy(update={"per_key": "one", "in_case": 1})
    assert made(keyed, own=own)[0] == ()
    assert len(made(keyed.model_copy(update={"shared": True}), own=own)[0]) == 1
    assert len(made(keyed.model_copy(update={"in_case": 2}), own=own)[0]) == 1


def test_a_fault_of_the_storys_own_that_befalls_each_entitys_call_leaves_no_other() -> None:
    own = Plan(faults=(fault("bank.charge", "reset", per_key=True),))
    keyed = CHARGE.model_copy(update={"per_key": "one", "in_case": 3, "shared": True})
    assert made(keyed, own=own)[0] == ()
    assert len(made(CHARGE, own=own)[0]) == 1  # it names no entity


def test_a_call_counted_within_its_entity_is_failed_by_that_number() -> None:
    for spot in (PUT, CHARGE, PUBLISH):
        for candidate in made(spot.model_copy(update={"per_key": "one"}))[0]:
            assert candidate.plan.faults[0].per_key == "one"


def test_a_fault_of_the_storys_own_at_another_call_leaves_none_out() -> None:
    own = Plan(faults=(fault("bank.charge", "reset", nth=2),))
    assert len(made(CHARGE, own=own)[0]) == 1


def test_the_order_is_the_seeds() -> None:
    one, same, other = (made(PUT, READ, seed=seed)[0] for seed in (1, 1, 2))
    assert one == same != other
    assert {c.id for c in one} == {c.id for c in other}


def test_calls_that_others_alike_stand_for_come_last_and_say_so() -> None:
    row = [PUT.model_copy(update={"nth": n, "kind": "a"}) for n in (1, 2, 3)]
    candidates, _ = made(*row)
    assert {c.plan.faults[0].nth for c in candidates if c.alike} == {2, 3}
    assert [c.alike for c in candidates] == sorted(c.alike for c in candidates)


def test_pairs_fail_two_different_calls_and_come_in_the_seeds_order() -> None:
    alone, _ = made(PUT, READ, CHARGE)
    some = list(islice(drawn_plans(alone, Plan(), 7), 40))
    assert some == list(islice(drawn_plans(alone, Plan(), 7), 40))
    assert len({c.id for c in some}) == 40
    for pair in some:
        first, second = pair.plan.faults
        assert (str(first.at), first.nth) != (str(second.at), second.nth)


def test_after_every_pair_come_plans_of_three_and_then_no_more() -> None:
    alone, _ = made(PUT, CHARGE, Spot(to="double", at=CHARGE.at, nth=2))
    puts = len(alone) - 2
    sizes = [len(c.added) for c in drawn_plans(alone, Plan(), 0)]
    assert sizes == [2] * (2 * puts + 1) + [3] * puts


def test_one_fault_alone_makes_no_pair() -> None:
    alone, _ = made(CHARGE)
    assert list(drawn_plans(alone, Plan(), 0)) == []

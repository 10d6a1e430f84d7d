"""Plans that are drawn, and their shrinking."""

from hypothesis import find, given

from harness.faults import Menu, Option, plans
from harness.model import Action, Plan

TILL = Menu(
    "till",
    (
        Option("sell", "before", Action(do="latency", seconds=1), "slow"),
        Option("sell", "after", Action(do="lose"), "a lost answer"),
        Option("close", "before", Action(do="error", status=500), "broken"),
    ),
)
BANK = Menu("bank", (Option("transfer", "before", Action(do="reset"), "a broken connection"),))


@given(plans(TILL, BANK, most=3, least=1, per_key=True))
def test_a_plan_has_as_many_faults_as_asked_each_for_a_call_of_its_own(plan: Plan) -> None:
    assert 1 <= len(plan.faults) <= 3
    assert len({(str(f.at), f.nth) for f in plan.faults}) == len(plan.faults)
    assert all(f.per_key for f in plan.faults)


@given(plans(TILL, BANK, most=3))
def test_calls_are_counted_within_an_entity_that_no_other_hastens(plan: Plan) -> None:
    assert all(f.per_key == "one" for f in plan.faults)


@given(plans(TILL, BANK, most=3, per_key=False))
def test_unless_they_are_asked_to_be_counted_within_the_case(plan: Plan) -> None:
    assert not any(f.per_key for f in plan.faults)


@given(plans(TILL.counted(per_key=False), BANK, most=3))
def test_a_menu_whose_calls_name_no_entity_says_so(plan: Plan) -> None:
    assert all(f.per_key == ("one" if f.at.service == "bank" else False) for f in plan.faults)


def test_a_failing_plan_shrinks_to_the_one_fault_that_matters() -> None:
    smallest = find(plans(TILL, BANK, most=4), lambda p: any(f.do.do == "lose" for f in p.faults))
    assert [(str(f.at), f.nth, f.do.do) for f in smallest.faults] == [("till.sell", 1, "lose")]


def test_a_plan_that_need_not_have_faults_shrinks_to_none() -> None:
    assert find(plans(TILL, most=3), lambda _: True) == Plan()


def test_a_menu_can_be_narrowed_by_operation_and_by_action() -> None:
    assert [o.action.do for o in TILL.of("sell").options] == ["latency", "lose"]
    assert [o.operation for o in TILL.doing("error").options] == ["close"]

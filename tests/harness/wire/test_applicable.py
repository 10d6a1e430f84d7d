"""The table of faults: what applies to what, and why something doesn't."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from harness import AWS, plans
from harness.model import Capability, HarnessError, Plan, Point
from harness.wire import WAYS, Kind, WireError, faults_at, ways_of
from harness.wire.applicable import as_markdown, kind_of_operation
from harness.wire.misfortunes import ACTIONS

DOCS = Path(__file__).parents[3] / "docs" / "faults.md"


def test_the_published_table_is_todays() -> None:
    assert as_markdown() in DOCS.read_text(encoding="utf-8")


def test_every_exclusion_has_its_reason() -> None:
    assert all(len(reason) > 10 for way in WAYS for reason in way.excluded.values())


def test_every_way_is_one_that_the_wire_can_do() -> None:
    assert {way.do for way in WAYS} <= ACTIONS
    assert ACTIONS - {way.do for way in WAYS} == {"malformed"}


def test_every_kind_can_go_wrong() -> None:
    for kind in Kind:
        assert any(not a.reason for a in ways_of(kind))


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("dynamodb.GetItem", {}, Kind.READ),
        ("dynamodb.GetItem", {"consistent": True}, Kind.CONSISTENT_READ),
        ("secretsmanager.GetSecretValue", {}, Kind.CONSISTENT_READ),
        ("dynamodb.BatchGetItem", {}, Kind.BATCH_READ),
        ("dynamodb.UpdateItem", {}, Kind.WRITE),
        ("dynamodb.TransactWriteItems", {}, Kind.TOKEN_WRITE),
        ("sqs.SendMessage", {}, Kind.WRITE),
        ("sqs.SendMessage", {"token": True}, Kind.TOKEN_WRITE),
        ("events.PutEvents", {}, Kind.BATCH),
    ],
)
def test_an_operation_is_of_a_kind(name: str, given: dict[str, bool], kind: Kind) -> None:
    service, operation = name.split(".")
    assert kind_of_operation(service, operation, **given) is kind


def test_a_write_can_be_lost_in_both_ways_and_a_read_in_none() -> None:
    write = faults_at(Point(service="sqs", operation="SendMessage"), 2)
    assert {f.attempts for f in write if f.do.do == "lose"} == {"first", "every"}
    assert all(f.nth == 2 for f in write)
    read = faults_at(Point(service="dynamodb", operation="GetItem"), 1)
    assert not any(f.do.do == "lose" or (f.place == "after" and f.do.do == "kill") for f in read)


def test_no_two_faults_of_a_point_are_called_the_same() -> None:
    for operation in ("PutItem", "GetItem", "BatchWriteItem"):
        ids = [f.id for f in faults_at(Point(service="dynamodb", operation=operation), 1)]
        assert len(ids) == len(set(ids))


def test_nobody_is_killed_where_functions_are_no_processes() -> None:
    can = frozenset(Capability) - {Capability.PROCESSES}
    faults = faults_at(Point(service="sqs", operation="SendMessage"), 1, can=can)
    assert faults
    assert not any(f.do.do == "kill" for f in faults)


@given(plans(AWS("dynamodb", "PutItem", "GetItem", resource="OrdersTable"), most=2, least=1))
@settings(max_examples=30)
def test_a_story_draws_faults_of_aws_as_it_draws_a_doubles(plan: Plan) -> None:
    assert 1 <= len(plan.faults) <= 2
    assert all(f.at.resource == "OrdersTable" for f in plan.faults)
    assert all(f.do.code for f in plan.faults if f.do.do in ("error", "throttle"))


def test_a_menu_may_be_narrowed_to_some_ways() -> None:
    menu = AWS("sqs", "SendMessage", ways=["lost once"])
    assert [(o.action.do, o.attempts) for o in menu.options] == [("lose", "first")]


def test_a_menu_of_nothing_that_exists_is_refused() -> None:
    with pytest.raises(WireError, match="did you mean 'PutItem'"):
        AWS("dynamodb", "PutItm")
    with pytest.raises(WireError, match="did you mean 'dynamodb'"):
        AWS("dynamodbb", "PutItem")
    with pytest.raises(HarnessError, match="no way of failing called lost twice"):
        AWS("dynamodb", "PutItem", ways=["lost twice"])

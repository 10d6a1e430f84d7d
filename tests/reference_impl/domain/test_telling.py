"""The record knows whom its changes of status are still to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from larder.domain.changes import matched, nudged, parsed
from larder.domain.lifecycle import Status
from larder.domain.order import Audience, Order, StatusChange
from larder.domain.telling import first_change, is_told, last_change, untold

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import LINE, an_order

SOON = START + timedelta(seconds=1)
EVERYBODY = dict.fromkeys(Audience, 1)


def a_new_order() -> Order:
    order = an_order(version=1)
    return replace(order, trail=(first_change(order),))


def test_a_new_order_is_to_be_told_to_everybody() -> None:
    order = a_new_order()
    for audience in Audience:
        assert untold(order, audience) == (
            StatusChange(1, None, Status.PENDING_MATCHING, order.created_at),
        )
    assert not is_told(order)
    assert last_change(order) == 1


def test_a_change_of_status_joins_the_trail_with_its_version_and_moment() -> None:
    read = parsed(a_new_order(), (), None, SOON)
    order = matched(read, (LINE,), (), None, SOON)
    assert order.trail[-1] == StatusChange(3, Status.PENDING_MATCHING, Status.MATCHED, SOON)
    assert [change.version for change in untold(order, Audience.BUS)] == [1, 3]


def test_a_change_of_anything_else_leaves_the_trail() -> None:
    order = a_new_order()
    assert nudged(order, SOON).trail == order.trail


def test_each_audience_is_told_at_its_own_pace() -> None:
    order = matched(replace(a_new_order(), told={Audience.BUS: 1}), (LINE,), (), None, SOON)
    assert [change.version for change in untold(order, Audience.BUS)] == [2]
    assert [change.version for change in untold(order, Audience.CUSTOMER)] == [1, 2]


def test_what_everybody_knows_is_dropped_with_the_next_change() -> None:
    order = matched(replace(a_new_order(), told=EVERYBODY), (LINE,), (), None, SOON)
    assert [change.version for change in order.trail] == [2]


def test_an_order_is_told_when_everybody_knows_its_last_change() -> None:
    assert is_told(replace(a_new_order(), told=EVERYBODY))
    assert not is_told(replace(a_new_order(), told={**EVERYBODY, Audience.CUSTOMER: 0}))


def test_an_order_from_before_there_were_trails_has_nothing_to_tell() -> None:
    order = an_order()
    assert is_told(order)
    assert last_change(order) == 0

"""Bringing back what could not be told in time, once its stream record is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from larder.services.errors import PortError
from larder.services.ports import Announcements, Clock


@dataclass(frozen=True, slots=True)
class RemindRules:
    """Seconds that a change may be untold, orders read in one page, and pages in one run."""

    after: int = 120
    page: int = 100
    pages: int = 10


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many orders were touched, and what went wrong."""

    orders: int = 0
    errors: tuple[PortError, ...] = ()


def remind(announcements: Announcements, clock: Clock, rules: RemindRules) -> Reminded:
    """Touch each order of which somebody should have been told by now: its stream then brings it to
    the event handler again, which tells in order whatever was missed."""
    now = clock.now()
    reminded, errors = 0, []
    try:
        for order_id in _due(announcements, now, rules):
            try:
                reminded += announcements.remind(order_id, now)
            except PortError as error:
                errors.append(error)
    except PortError as error:
        errors.append(error)
    return Reminded(reminded, tuple(errors))


def _due(announcements: Announcements, now: datetime, rules: RemindRules) -> list[str]:
    """All of them before the first is touched, since that moves it in the index."""
    before, cursor = now - timedelta(seconds=rules.after), None
    found: list[str] = []
    for _ in range(rules.pages):
        page = announcements.due(before=before, limit=rules.page, cursor=cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    return found

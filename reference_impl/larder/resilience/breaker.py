"""A circuit breaker whose state all execution environments share.

One DynamoDB item per dependency. Every change is one conditional update fenced by the item's
``epoch``: what a call reports counts only in the epoch that admitted it, so a call begun before
the breaker opened may end but neither closes nor re-opens it. Failed calls are kept as a set of
names, so that the SDK's own repeat after a lost answer can't count one failure twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from larder.adapters.aws import store_errors
from larder.services.errors import (
    BreakerOpen,
    Conflict,
    PortError,
    StoreUnavailable,
    Unavailable,
)
from larder.services.ports import BreakerState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

T = TypeVar("T")

TRIES_TO_COUNT = 20
"""Each lost try means that another call's report came between."""

LEAST_WAIT = 0.001


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """Consecutive failures that open it; seconds until a probe; seconds a probe may be silent."""

    threshold: int
    recovery: float
    lease: float


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call, given under ``epoch``; ``probe`` is its name when it is the one
    probe."""

    epoch: int
    probe: str | None = None


@dataclass(frozen=True, slots=True)
class BreakerView:
    """The breaker as stored; a missing item is a closed one that never failed."""

    state: BreakerState = BreakerState.CLOSED
    epoch: int = 0
    failed_calls: frozenset[str] = field(default_factory=frozenset)
    open_until: float = 0.0
    probe: str | None = None
    probe_until: float = 0.0

    @property
    def blocked_until(self) -> float:
        """Unix time (seconds) before which no call is let through; 0 when closed."""
        until = {BreakerState.OPEN: self.open_until, BreakerState.HALF_OPEN: self.probe_until}
        return until.get(self.state, 0.0)


class DynamoBreaker:
    """The breaker of one dependency. ``clock`` gives Unix seconds, ``new_id`` unique ids."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        dependency: str,
        settings: BreakerSettings,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._item = _BreakerItem(client, table, dependency)
        self._dependency = dependency
        self._settings = settings
        self._clock = clock
        self._new_id = new_id

    def state(self) -> BreakerState:
        """As it stands now, by a consistent read."""
        return self._item.view().state

    def call(self, work: Callable[[], T], /) -> T:
        """What ``work`` gives or raises, if it may be called; raises BreakerOpen if not.

        A store that is unavailable, or a defect, says nothing of the dependency: then nothing is
        reported, and a probe's lease runs out.
        """
        permit = self.begin()
        try:
            result = work()
        except StoreUnavailable:
            raise
        except Unavailable:
            self.end(permit, ok=False)
            raise
        except PortError:
            self.end(permit, ok=True)
            raise
        self.end(permit, ok=True)
        return result

    def begin(self) -> Permit:
        """Leave to make one call. Raises BreakerOpen."""
        seen = self._item.view()
        if seen.state is BreakerState.CLOSED:
            return Permit(seen.epoch)
        now = self._clock()
        if now < seen.blocked_until:
            raise BreakerOpen(self._dependency, seen.blocked_until - now)
        return self._take_probe(seen, now)

    def end(self, permit: Permit, *, ok: bool) -> None:
        """Reports how a call went; a permit of an older epoch changes nothing.

        A probe's success closes the breaker and its failure opens it again. Another call's
        failure is counted; its success ends a row of failures, and writes only when there is one.
        """
        if permit.probe is not None:
            self._end_probe(permit, ok)
        elif ok:
            self._end_row(permit)
        else:
            self._count_failure(permit, self._new_id())

    def _take_probe(self, seen: BreakerView, now: float) -> Permit:
        name, until = self._new_id(), now + self._settings.lease
        won = self._item.update(
            "SET #state = :half, epoch = :next, probe = :name, probeUntil = :until",
            "#state = :seen AND epoch = :epoch",
            {
                ":half": _text(BreakerState.HALF_OPEN),
                ":seen": _text(seen.state),
                ":epoch": _number(seen.epoch),
                ":next": _number(seen.epoch + 1),
                ":name": _text(name),
                ":until": _number(until),
            },
        )
        if self._clock() >= until:
            # Asking took as long as the lease: by now the probe may be somebody else's.
            raise BreakerOpen(self._dependency, LEAST_WAIT)
        found = seen if won else self._item.view()
        # After a lost answer the SDK's repeat is refused although its first try had won.
        if won or found.probe == name:
            return Permit(seen.epoch + 1, probe=name)
        raise BreakerOpen(self._dependency, max(LEAST_WAIT, found.blocked_until - self._clock()))

    def _end_probe(self, permit: Permit, ok: bool) -> None:
        """One write by the probe that still holds the epoch of its lease."""
        values = {
            ":half": _text(BreakerState.HALF_OPEN),
            ":epoch": _number(permit.epoch),
            ":next": _number(permit.epoch + 1),
        }
        if ok:
            change = "SET #state = :closed, epoch = :next REMOVE failedCalls, openUntil"
            values[":closed"] = _text(BreakerState.CLOSED)
            change += ", probe, probeUntil"
        else:
            change = "SET #state = :open, epoch = :next, openUntil = :until"
            values[":open"] = _text(BreakerState.OPEN)
            values[":until"] = self._recovery_ends()
            change += " REMOVE probe, probeUntil"
        self._item.update(change, "#state = :half AND epoch = :epoch", values)

    def _end_row(self, permit: Permit) -> None:
        if self._item.view().failed_calls:
            self._item.update(
                "REMOVE failedCalls",
                "#state = :closed AND epoch = :epoch",
                {":closed": _text(BreakerState.CLOSED), ":epoch": _number(permit.epoch)},
            )

    def _count_failure(self, permit: Permit, call: str) -> None:
        """One write either lengthens the row or, when it makes it long enough, opens."""
        for _ in range(TRIES_TO_COUNT):
            if self._lengthen_row(permit, call) or self._open(permit, call):
                return
            seen = self._item.view()
            stale = seen.state is not BreakerState.CLOSED or seen.epoch != permit.epoch
            if stale or call in seen.failed_calls:
                return
        raise StoreUnavailable(f"Could not count a failed call to {self._dependency}.")

    def _lengthen_row(self, permit: Permit, call: str) -> bool:
        if self._settings.threshold == 1:
            return False
        room = "(attribute_not_exists(failedCalls) OR size(failedCalls) < :last)"
        return self._item.update(
            "SET #state = :closed, epoch = :epoch ADD failedCalls :call",
            f"{_closed_in(permit.epoch)} AND {room}",
            {
                ":closed": _text(BreakerState.CLOSED),
                ":epoch": _number(permit.epoch),
                ":call": {"SS": [call]},
                ":last": _number(self._settings.threshold - 1),
            },
        )

    def _open(self, permit: Permit, call: str) -> bool:
        row = "size(failedCalls) >= :last AND NOT contains(failedCalls, :name)"
        values = {":last": _number(self._settings.threshold - 1), ":name": _text(call)}
        if self._settings.threshold == 1:
            row, values = "attribute_not_exists(failedCalls)", {}
        return self._item.update(
            "SET #state = :open, epoch = :next, openUntil = :until ADD failedCalls :call",
            f"{_closed_in(permit.epoch)} AND {row}",
            {
                **values,
                ":open": _text(BreakerState.OPEN),
                ":closed": _text(BreakerState.CLOSED),
                ":epoch": _number(permit.epoch),
                ":next": _number(permit.epoch + 1),
                ":until": self._recovery_ends(),
                ":call": {"SS": [call]},
            },
        )

    def _recovery_ends(self) -> dict[str, str]:
        return _number(self._clock() + self._settings.recovery)


class _BreakerItem:
    """The one item that a breaker is."""

    def __init__(self, client: DynamoDBClient, table: str, dependency: str) -> None:
        self._client = client
        self._table = table
        self._key = {"dependency": {"S": dependency}}

    def view(self) -> BreakerView:
        with store_errors("read the circuit breaker"):
            answer = self._client.get_item(
                TableName=self._table, Key=self._key, ConsistentRead=True
            )
        return _view(answer.get("Item") or {})

    def update(self, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Whether the condition held, and so the change was made."""
        try:
            with store_errors("write the circuit breaker"):
                self._client.update_item(
                    TableName=self._table,
                    Key=self._key,
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=values,
                )
        except Conflict:
            return False
        return True


def _closed_in(epoch: int) -> str:
    closed = "(#state = :closed AND epoch = :epoch)"
    return closed if epoch else f"(attribute_not_exists(epoch) OR {closed})"


def _number(value: float) -> dict[str, str]:
    return {"N": repr(value)}


def _text(value: str) -> dict[str, str]:
    return {"S": str(value)}


def _view(item: Mapping[str, Any]) -> BreakerView:
    return BreakerView(
        state=BreakerState(item["state"]["S"]) if "state" in item else BreakerState.CLOSED,
        epoch=int(item["epoch"]["N"]) if "epoch" in item else 0,
        failed_calls=frozenset(item["failedCalls"]["SS"] if "failedCalls" in item else ()),
        open_until=float(item["openUntil"]["N"]) if "openUntil" in item else 0.0,
        probe=item["probe"]["S"] if "probe" in item else None,
        probe_until=float(item["probeUntil"]["N"]) if "probeUntil" in item else 0.0,
    )

"""A rate limit of N requests in each window, as its callers experience it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field, ValidationError

from harness.laws.base import BaseLaw, Tally
from harness.laws.errors import LawError
from harness.laws.parameters import FromParameter, value
from harness.laws.reading import dig, moment, whole
from harness.model import Call, Frozen, History, Json, Judgement

_LIMIT, _REMAINING, _RESET, _RETRY = (
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after",
)  # fmt: skip
_REFUSED = 429
_UNCOUNTED = frozenset((401, 403))
"""Refused before they are counted."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A call, and what its answer said of the limit."""

    call: Call
    who: str | None
    status: int | None
    limit: int | None
    remaining: int | None
    reset: int | None
    retry: int | None

    @classmethod
    def of(cls, call: Call) -> "_Told":
        """Each value is read once: a long history has hundreds of thousands."""
        asked = call.start.value
        end = call.end.value if call.end is not None else None
        who = dig(end, "identity")
        who = dig(asked, "identity") if who is None else who
        # Wherever its client put the answer's headers.
        places = [p for p in (dig(end, "headers"), end) if isinstance(p, dict)]
        headers = (_header(places, h) for h in (_LIMIT, _REMAINING, _RESET, _RETRY))
        return cls(call, who if isinstance(who, str) else None, whole(dig(end, "status")), *headers)


@dataclass
class _Window:
    """One caller's requests to one operation in one window."""

    limit: int
    accepted: dict[int, _Told] = field(default_factory=dict)
    refused: list[_Told] = field(default_factory=list)

    @property
    def all(self) -> list[_Told]:
        """Its calls, accepted or not."""
        return [*self.accepted.values(), *self.refused]

    @property
    def shown(self) -> list[Call]:
        """A few of its calls, as they began."""
        return sorted((t.call for t in self.all), key=lambda c: c.start.at)[-6:]


class Tier(Frozen):
    """How many requests in how many seconds."""

    limit: int
    window: float


class WindowLimit(BaseLaw):
    """Within a window the accepted requests of a caller carry limit-1 … 0, each exactly once.

    The window is known by ``X-RateLimit-Reset`` (Unix seconds). Nobody below the limit is
    refused, nobody above it is accepted, a refusal says when to come back (``Retry-After``, no
    longer than the window), and a window is over when it says so. Requests whose answer doesn't
    tell how they were counted (time-outs, errors) may have taken one place each.

    ``tiers`` are the limits that callers can have (in a stack parameter: JSON of tier →
    ``{"limit": …, "window": seconds}``); ``exhausted`` windows must have been seen full, else
    the law is unknown.
    """

    kind: Literal["window_limit"] = "window_limit"
    operations: tuple[str, ...]
    tiers: tuple[Tier, ...] | FromParameter
    exhausted: int = 0
    shared: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Operation → others that take places of the same windows, and whose answers don't say so."""

    def judge(self, history: History) -> Judgement:
        """Group by caller, operation and window; then look at each group once."""
        tally = Tally(self.name)
        limits, began = self._limits(history), moment(history.header.started)
        full = 0
        for operation in self.operations:
            windows: dict[tuple[str, int], _Window] = {}
            unsure: dict[str, list[Call]] = {}
            for call in history.calls_of(operation):
                told = _Told.of(call) if call.start.feed == "client" else None
                if told is not None and told.who is not None:
                    self._sort(tally, told, told.who, windows, unsure, limits)
            for call in self._silent(history, operation):
                unsure.setdefault(str(_Told.of(call).who), []).append(call)
            for (who, reset), seen in windows.items():
                window = limits.get(seen.limit, max(limits.values()))
                open_ = _within(unsure.get(who, []), reset, window, began)
                full += self._window(tally, operation, who, seen, open_)
                self._length(tally, operation, who, reset, seen, window, began)
        return tally.judgement(
            f"no answer of {', '.join(self.operations)} told what remains",
            short=""
            if full >= self.exhausted
            else f"{full} windows were used up; {self.exhausted} are needed to see refusals",
        )

    def _silent(self, history: History, operation: str) -> Iterator[Call]:
        for other in self.shared.get(operation, ()):
            yield from (c for c in history.calls_of(other) if c.start.feed == "client")

    def _limits(self, history: History) -> dict[int, float]:
        """Limit → its window in seconds (the longest, where two tiers share a limit)."""
        tiers = self.tiers
        if isinstance(tiers, FromParameter):
            try:
                tiers = tuple(Tier.model_validate(t) for t in value(tiers, history).values())
            except (AttributeError, ValidationError):
                raise LawError(
                    f"the stack's parameter {self.tiers} holds no tiers with limit and window"
                ) from None
        limits: dict[int, float] = {}
        for tier in tiers:
            limits[tier.limit] = max(tier.window, limits.get(tier.limit, 0.0))
        return limits

    def _sort(  # where a call may belong
        self, tally: Tally, told: _Told, who: str, windows: dict[tuple[str, int], _Window],
        unsure: dict[str, list[Call]], limits: dict[int, float],
    ) -> None:  # fmt: skip
        call, limit, remaining, reset = told.call, told.limit, told.remaining, told.reset
        if limit is None or remaining is None or reset is None:
            if told.status not in _UNCOUNTED:
                unsure.setdefault(who, []).append(call)
            return
        tally.saw += 1
        if limit not in limits:
            tally.breach(
                f"limit {limit}", f"{who} was told a limit of {limit}; it is one of "
                f"{', '.join(map(str, sorted(limits)))}", [call], operation=call.name,
            )  # fmt: skip
        seen = windows.setdefault((who, reset), _Window(limit))
        if told.status == _REFUSED:
            seen.refused.append(told)
        elif remaining in seen.accepted:
            tally.breach(
                "same remaining twice",
                f"two requests of {who} to {call.name} were both told that {remaining} of "
                f"{limit} remain",
                [seen.accepted[remaining].call, call], operation=call.name,
            )  # fmt: skip
        else:
            seen.accepted[remaining] = told

    def _window(self, tally: Tally, operation: str, who: str, seen: _Window, open_: int) -> bool:
        """Judge one window; gives whether it was used up."""
        count, limit = len(seen.accepted), seen.limit
        outside = [r for r in seen.accepted if not 0 <= r < limit]
        lowest = min(seen.accepted, default=limit)
        if outside:
            tally.breach(
                "remaining out of bounds",
                f"{who} was told that {outside[0]} of {limit} remain at {operation}",
                [seen.accepted[outside[0]].call], operation=operation,
            )  # fmt: skip
        elif limit - lowest > count + open_:
            tally.breach(
                "a place was lost",
                f"{count} requests of {who} to {operation} were accepted, but {limit - lowest} "
                f"of {limit} places were counted",
                seen.shown, operation=operation,
            )  # fmt: skip
        if seen.refused and count + open_ < limit:
            tally.breach(
                "refused below the limit",
                f"{who} was refused by {operation} after {count} of {limit} requests in the window",
                seen.shown, operation=operation,
            )  # fmt: skip
        for told in seen.refused:
            if told.retry is None:
                tally.breach(
                    "no Retry-After", f"{who} was refused by {operation} without Retry-After",
                    [told.call], operation=operation,
                )  # fmt: skip
        return bool(seen.refused)

    def _length(  # one window in full
        self, tally: Tally, operation: str, who: str, reset: int, seen: _Window, window: float,
        began: float | None,
    ) -> None:  # fmt: skip
        """The window ends within its length of each of its requests, and not before them."""
        for told in seen.all:
            call, wait = told.call, told.retry if told.status == _REFUSED else None
            if wait is not None and not 0 <= wait <= window + 1:
                tally.breach(
                    "Retry-After out of bounds",
                    f"{who} was told by {operation} to wait {wait} s; the window is {window:g} s",
                    [call], operation=operation,
                )  # fmt: skip
            if began is None or call.end is None:
                continue
            # Two clocks and whole seconds: two seconds of doubt.
            if reset < began + call.start.at - 2 or reset > began + call.end.at + window + 2:
                tally.breach(
                    "window out of bounds",
                    f"{who} was told by {operation} that the window ends "
                    f"{reset - began - call.end.at:.0f} s after the answer; its length is "
                    f"{window:g} s",
                    [call], operation=operation,
                )  # fmt: skip
                return


def _within(calls: list[Call], reset: int, window: float, began: float | None) -> int:
    """How many of the unsure calls may have been counted in the window that ends at ``reset``."""
    if began is None:
        return len(calls)
    start, end = reset - window - began - 2, reset - began + 2
    return sum(c.start.at <= end and (c.end is None or c.end.at >= start) for c in calls)


def _header(places: list[dict[str, Json]], name: str) -> int | None:
    """The first that has it."""
    for place in places:
        found = dig(place, name)
        if found is not None:
            return whole(found)
    return None


def window_limit(  # named parameters of a declaration
    operation: tuple[str, ...] | str,
    limit: int | FromParameter,
    window: float | None = None,
    *,
    exhausted: int = 0,
    shared: Mapping[str, tuple[str, ...]] | None = None,
    name: str = "",
) -> WindowLimit:
    """Each caller has ``limit`` requests per ``window`` seconds and operation.

    Where there are tiers, ``limit`` is the stack parameter that holds them, and ``window`` is
    left out.
    """
    tiers = limit if isinstance(limit, FromParameter) else (Tier(limit=limit, window=window or 0),)
    return WindowLimit(
        name=name or "each window gives out its places once",
        operations=(operation,) if isinstance(operation, str) else operation,
        tiers=tiers,
        exhausted=exhausted,
        shared=dict(shared or {}),
    )

"""Which plans are explored: each fault by itself, then several at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import comb
from random import Random

from harness.faults import Menu
from harness.model import Capability, Fault, Plan, Point
from harness.search.alike import spoken_for
from harness.search.exploration import Candidate, Leftout
from harness.search.order import ordered
from harness.search.spots import FRONT, Spot
from harness.targets.appsync.meddling import ACTIONS as IN_FRONT
from harness.wire import WAYS

_NO_CALL = "the front answers whole operations: it has no attempts, parts or replicas"
_TAKEN = "the story's own fault befalls this call"
_COURSE = "it is no failure but another course of things, which a story of its own is about"
_MOST = 3
"""Faults in a drawn plan."""


def singles(
    story: str,
    spots: Sequence[Spot],
    own: Plan,
    menus: Mapping[str, Menu],
    can: Collection[Capability],
    seed: int,
) -> tuple[tuple[Candidate, ...], tuple[Leftout, ...]]:
    """One candidate for each spot and each fault that applies there, and what doesn't apply.

    They come in the order in which they are explored (``harness.search.order``).

    Args:
        own: the story's own faults, which happen in every candidate.
        menus: of each double, by its service.
        can: what the target can do.
    """
    made: dict[str, Candidate] = {}
    left: list[Leftout] = []
    others = spoken_for([spot.kind or str(spot.place) for spot in spots])
    for number, spot in enumerate(spots):
        for name, fault, why in _ways(spot, menus, can):
            if fault is None:
                left.append(Leftout(what=f"{spot}: {name}", why=why))
                continue
            if fault in own.faults:
                continue
            if any(_befalls(mine, spot, fault) for mine in own.faults):
                left.append(Leftout(what=f"{spot}: {name}", why=_TAKEN))
                continue
            candidate = candidate_of(story, own, [(spot, fault)], alike=number in others)
            made.setdefault(candidate.id, candidate)
    return tuple(ordered(made.values(), menus, seed)), tuple(left)


def _befalls(mine: Fault, spot: Spot, fault: Fault) -> bool:
    """Whether a fault of the story's own befalls each attempt of just this call, before it is made:
    then no other can."""
    same = (
        (mine.at.service, mine.at.operation) == (fault.at.service, fault.at.operation)
        and (mine.place, mine.attempts) == ("before", "every")
        and mine.at.resource is None
        and mine.at.function is None
        and not mine.at.match
    )
    if not same:
        return False
    if mine.per_key and not spot.per_key:  # it names no entity that it could be counted within
        return False
    if mine.per_key is True:
        return mine.nth == spot.nth
    if spot.shared:  # the other fault waits for the next entity
        return False
    return mine.nth == (spot.nth if mine.per_key or not spot.per_key else spot.in_case)


def candidate_of(
    story: str, own: Plan, more: Sequence[tuple[Spot, Fault]], *, alike: bool = False
) -> Candidate:
    """The story's own faults and these."""
    return Candidate(
        story=story,
        plan=Plan(faults=(*own.faults, *(fault for _, fault in more))),
        added=tuple(fault.id for _, fault in more),
        callers=tuple(spot.caller for spot, _ in more),
        services=tuple(spot.at.service for spot, _ in more),
        alike=alike,
    )


def drawn_plans(alone: Sequence[Candidate], own: Plan, seed: int) -> Iterator[Candidate]:
    """Pairs of faults at different calls, in an order drawn from the seed; then, for as long as
    somebody asks, plans of three."""
    for some in (2, _MOST):
        yield from _together(alone, own, some, seed)


def _together(alone: Sequence[Candidate], own: Plan, some: int, seed: int) -> Iterator[Candidate]:
    random = Random(seed * _MOST + some)  # noqa: S311  # a replayable choice, not a secret
    seen: set[tuple[int, ...]] = set()
    most = comb(len(alone), some)
    while len(seen) < most:
        chosen = tuple(sorted(random.sample(range(len(alone)), some)))
        if chosen in seen:
            continue
        seen.add(chosen)
        parts = [alone[i] for i in chosen]
        faults = [part.plan.faults[-1] for part in parts]
        if len({(f.at.what, f.at.function, f.nth, f.per_key) for f in faults}) == some:
            yield Candidate(
                story=parts[0].story,
                plan=Plan(faults=(*own.faults, *faults)),
                added=tuple(f.id for f in faults),
                callers=tuple(part.callers[0] for part in parts),
                services=tuple(part.services[0] for part in parts),
            )


def _ways(
    spot: Spot, menus: Mapping[str, Menu], can: Collection[Capability]
) -> Iterable[tuple[str, Fault | None, str]]:
    """Name of a way, its fault, or why it doesn't apply."""
    if spot.to == "aws":
        for applied in spot.point.ways(can):
            way = applied.way
            fault = None if applied.reason else way.fault(spot.at, spot.nth, per_key=spot.per_key)
            yield way.name, fault, applied.reason
    elif spot.to == "double":
        yield from _of_menu(spot, menus.get(spot.at.service))
    else:
        yield from _in_front(spot)


def _of_menu(spot: Spot, menu: Menu | None) -> Iterator[tuple[str, Fault | None, str]]:
    options = [o for o in menu.options if o.operation == spot.at.operation] if menu else []
    if not options:
        yield "any fault", None, "its double declares none for this operation"
    for option in options:
        if option.course:
            yield option.why, None, _COURSE
            continue
        fault = Fault(
            at=Point(service=spot.at.service, operation=option.operation, resource=option.resource),
            nth=spot.nth, per_key=spot.per_key, place=option.place,
            attempts=option.attempts, do=option.action,
        )  # fmt: skip
        yield option.why, fault, ""


def _in_front(spot: Spot) -> Iterator[tuple[str, Fault | None, str]]:
    for way in WAYS:
        if way.do not in IN_FRONT:
            yield way.name, None, _NO_CALL
        else:
            fault = Fault(
                at=Point(service=FRONT, operation=spot.at.operation), nth=spot.nth,
                per_key=spot.per_key, place=way.place, do=way.action("appsync"),
            )  # fmt: skip
            yield way.name, fault, ""

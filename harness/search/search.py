"""The search itself: who explores what next, until all is explored or time is up."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.faults import Menu
from harness.search.exploration import Candidate, Exploration, Outcome, Suspect
from harness.search.lanes import LaneProcess, Lanes
from harness.search.machine import Machine
from harness.search.memory import Memory
from harness.search.orders import Answer, Confirm, Explore, Order, Record, Up, Warm, Warmed
from harness.search.plans import drawn_plans, singles
from harness.search.recording import Recorded

_LOOK = 1.0
"""Seconds after which whoever watches is told again."""
_WORTH = 4
"""Explorations for each lane from which on another one is worth starting and warming up."""


@dataclass(frozen=True)
class Told:
    """How far it is."""

    planned: int
    explored: int
    """Of what is planned, in this run or before it."""
    fresh: int
    """In this run."""
    broke: int
    not_reached: int
    seconds: float
    """Since the first exploration of this run began."""
    ends: float | None
    """Seconds until its time is up, if it has any."""

    @property
    def rate(self) -> float:
        """Explorations a minute."""
        return 60 * self.fresh / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that it will still take; None while nobody can tell."""
        if not self.fresh:
            return self.ends
        rest = (self.planned - self.explored) * self.seconds / self.fresh
        return rest if self.ends is None else min(rest, self.ends)


@dataclass
class Searched:
    """All that a search found, now and before."""

    recorded: dict[str, Recorded] = field(default_factory=dict)
    alone: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    """Each story's single faults that are explored."""
    together: list[Candidate] = field(default_factory=list)
    """Plans of several faults that were tried in this run."""
    explored: dict[str, Exploration] = field(default_factory=dict)
    fresh: int = 0
    seconds: float = 0.0
    """What exploring took in this run."""
    alike: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    """Each story's single faults that explored ones stand for."""
    digests: dict[str, str] = field(default_factory=dict)
    """Of what was deployed."""

    @property
    def kept(self) -> tuple[Exploration, ...]:
        """What left a replay."""
        return tuple(e for e in self.explored.values() if e.replay)


def search(
    lanes: Lanes,
    stories: Sequence[str],
    memory_of: Callable[[Mapping[str, str]], Memory],
    menus: Mapping[str, Menu],
    *,
    seed: int = 0,
    budget: float | None = None,
    every: bool = False,
    first: bool = False,
    machine: Machine | None = None,
    told: Callable[[Told], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Searched:
    """Explore every single fault of the stories; then, while time is left, several at once.

    Args:
        memory_of: gives what was explored before, from the digests of what was deployed.
        menus: of each double, by its service.
        budget: seconds for exploring; None ends with the single faults.
        every: explore calls, too, that are alike to others which would stand for them.
        first: end with the first that breaks something.
        machine: decides how many lanes explore at a time, beyond the first ones.

    Raises:
        HarnessError: a lane can't go on, or a story breaks without faults.
    """
    return _Search(
        lanes, tuple(stories), memory_of, menus, seed, budget, every, first, machine, told, clock
    ).run()


@dataclass
class _Search:
    lanes: Lanes
    stories: tuple[str, ...]
    memory_of: Callable[[Mapping[str, str]], Memory]
    menus: Mapping[str, Menu]
    seed: int
    budget: float | None
    every: bool
    first: bool
    machine: Machine | None
    told: Callable[[Told], None]
    clock: Callable[[], float]
    found: Searched = field(default_factory=Searched)
    _memory: Memory | None = None
    _started: float | None = None
    _chores: dict[LaneProcess, deque[Order]] = field(default_factory=dict)
    """What each lane does before it explores."""
    _queue: deque[Candidate] = field(default_factory=deque)
    _suspects: list[tuple[LaneProcess, Suspect]] = field(default_factory=list)
    """What broke once, and on whose stage."""
    _more: Iterator[Candidate] | None = None
    _idle: list[LaneProcess] = field(default_factory=list)

    def run(self) -> Searched:
        """Until nothing is left to do and nobody is busy, or what was looked for is found."""
        while self._busy:
            for lane, answer in self.lanes.said(_LOOK):
                self._hear(lane, answer)
                self._idle.append(lane)
            if not (enough := self._has_enough()):
                self._go_on()
                self._grow()
            self.told(self._standing())
            if enough:
                break
        self.found.seconds = self._since()
        return self.found

    def _hear(self, lane: LaneProcess, answer: Answer) -> None:
        match answer:
            case Up(digests):
                self._welcome(lane, digests)
            case Recorded():
                self._remembered.record(answer)
                self._learn(answer)
            case Exploration():
                self._remembered.explore(answer)
                self.found.explored[answer.id] = answer
                self.found.fresh += 1
            case Suspect():
                self._suspects.append((lane, answer))
            case Warmed():
                pass

    @property
    def _busy(self) -> Sequence[LaneProcess]:
        return [lane for lane in self.lanes.all if lane.busy]

    @property
    def _remembered(self) -> Memory:
        assert self._memory is not None  # noqa: S101  # the first lane's Up made it
        return self._memory

    def _welcome(self, lane: LaneProcess, digests: Mapping[str, str]) -> None:
        """A lane is there. The first records what nobody recorded before; the others warm up, once
        that is done."""
        first = self._memory is None
        if first:
            self.found.digests = dict(digests)
            self._memory = self.memory_of(digests)
            for story in self.stories:
                if story in self._remembered.recorded:
                    self._learn(self._remembered.recorded[story])
        new = [s for s in self.stories if first and s not in self.found.recorded]
        known = [s for s in self.stories if s not in new]
        self._chores[lane] = deque([*map(Record, new), *map(Warm, known)])

    def _learn(self, recorded: Recorded) -> None:
        """A story's points are known: what is to be explored of it."""
        story = recorded.story
        self.found.recorded[story] = recorded
        alone, left = singles(
            story, recorded.spots, recorded.own, self.menus, recorded.can, self.seed
        )
        alone, self.found.alike[story] = self._apart(alone)
        self.found.alone[story] = alone
        self.found.recorded[story] = recorded.model_copy(update={"left": (*recorded.left, *left)})
        for candidate in alone:
            self._plan(candidate)
        # The story with the fewest faults first: it is done before time is up.
        size = {name: len(known) for name, known in self.found.alone.items()}
        self._queue = deque(sorted(self._queue, key=lambda c: size[c.story]))

    def _apart(
        self, known: Sequence[Candidate]
    ) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        """What is explored, and what it stands for."""
        explored = self._remembered.explored
        chosen = [self.every or not c.alike or c.id in explored for c in known]
        pairs = list(zip(known, chosen, strict=True))
        return tuple(c for c, yes in pairs if yes), tuple(c for c, yes in pairs if not yes)

    def _plan(self, candidate: Candidate) -> bool:
        """Queue it, unless it was explored before."""
        before = self._remembered.explored.get(candidate.id)
        if before is None:
            self._queue.append(candidate)
            return True
        self.found.explored[candidate.id] = before
        return False

    def _go_on(self) -> None:
        waiting, self._idle = self._idle, []
        for lane in waiting:
            if self._later(lane):
                self._idle.append(lane)
                continue
            order = self._next(lane)
            if order is not None:
                lane.give(order)
            elif self._unfinished():
                self._idle.append(lane)

    def _later(self, lane: LaneProcess) -> bool:
        """Whether it has to wait: a story is being recorded, and how many calls it makes may depend
        on its pace, or the machine has as much to do as it can."""
        if self._chores[lane] and isinstance(self._chores[lane][0], Warm):
            return not self.found.recorded.keys() >= set(self.stories)
        enough = not self._chores[lane] and len(self._busy) >= self.lanes.first
        return enough and self.machine is not None and self.machine.is_full()

    def _grow(self) -> None:
        """One lane more, while all are busy exploring, the machine isn't, and it is worth it."""
        if (
            self.machine is not None
            and not self._idle
            and not any(self._chores.values())
            and len(self._chores) == len(self.lanes.all)
            and len(self._queue) >= _WORTH * len(self.lanes.all)
            and self.machine.has_room()
            and self.lanes.more() is not None
        ):
            self.machine.started()

    def _next(self, lane: LaneProcess) -> Order | None:
        """What broke once comes first, if on another's stage, or if there is no other lane: the one
        that it broke on has to be brought up anew, and may explore meanwhile."""
        if self._chores[lane]:
            return self._chores[lane].popleft()
        for told in [*self._suspects]:
            if told[0] is not lane or len(self.lanes.all) == 1:
                return self._confirm(told)
        candidate = None if self._over() else self._candidate()
        if candidate is not None:
            return Explore(candidate)
        return self._confirm(self._suspects[0]) if self._suspects else None

    def _confirm(self, told: tuple[LaneProcess, Suspect]) -> Confirm:
        self._suspects.remove(told)
        return Confirm(told[1])

    def _candidate(self) -> Candidate | None:
        if not self._queue and not self._unfinished():
            self._draw()
        if not self._queue:
            return None
        if self._started is None:
            self._started = self.clock()
        return self._queue.popleft()

    def _unfinished(self) -> bool:
        """Whether more may come to be explored than is known now."""
        return any(story not in self.found.recorded for story in self.stories)

    def _draw(self) -> None:
        """Every single fault is on its way: now several at once, while time is left."""
        if self.budget is None:
            return
        if self._more is None:
            self._more = self._several()
        for candidate in self._more:
            self.found.together.append(candidate)
            if self._plan(candidate):
                return

    def _several(self) -> Iterator[Candidate]:
        """Of each story in turn."""
        drawn = [
            drawn_plans(alone, self.found.recorded[story].own, self.seed)
            for story, alone in self.found.alone.items()
            if alone
        ]
        while drawn:
            for each in list(drawn):
                candidate = next(each, None)
                if candidate is None:
                    drawn.remove(each)
                else:
                    yield candidate

    def _over(self) -> bool:
        ends = self._ends()
        return ends is not None and ends <= 0

    def _has_enough(self) -> bool:
        """Found what was looked for, or nothing left but lanes that make ready for no more."""
        explored = self.found.explored.values()
        if self.first and any(e.outcome is Outcome.BROKE for e in explored):
            return True
        done = self._over() or (self.budget is None and not self._queue)
        idly = not self._suspects and all(lane.prepares for lane in self._busy)
        return done and idly and not self._unfinished()

    def _ends(self) -> float | None:
        return None if self.budget is None else max(0.0, self.budget - self._since())

    def _since(self) -> float:
        return 0.0 if self._started is None else self.clock() - self._started

    def _standing(self) -> Told:
        outcomes = [e.outcome for e in self.found.explored.values()]
        return Told(
            planned=sum(map(len, self.found.alone.values())) + len(self.found.together),
            explored=len(self.found.explored),
            fresh=self.found.fresh,
            broke=outcomes.count(Outcome.BROKE),
            not_reached=outcomes.count(Outcome.NOT_REACHED),
            seconds=self._since(),
            ends=self._ends(),
        )

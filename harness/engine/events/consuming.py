"""Tries a queue's consumer with messages that its producers never send."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from harness.engine.events.hearing import Hearing, end_of
from harness.engine.events.units import EventUnit
from harness.engine.events.variants import UNCHANGED, Variant, variants
from harness.engine.stage import Stage
from harness.model import Capability, Finding, Record, UnknownKind, fingerprint
from harness.model import Stage as Deployed
from harness.observe import Peek, peeker_of

_LOOK = 0.05
"""Seconds between two looks into the queues."""


@dataclass
class Consuming:
    """One channel's consumer, tried variant by variant."""

    unit: EventUnit
    stage: Stage
    hearing: Hearing
    case_ended: Callable[[str, bool], None]
    peeker: Callable[[Deployed, Sequence[str]], Peek] = peeker_of
    """How queues are looked into."""
    tried: int = 0
    unknowns: list[tuple[UnknownKind, str]] = field(default_factory=list)
    _works: bool = False
    """Whether the consumer was seen to call AWS for a message that it takes as it is: one that is
    as good and is only deleted was dropped."""

    def findings(self) -> tuple[Finding, ...]:
        """Send each, see where it ends, tell what ended where it must not."""
        if not self.stage.deployed.can(Capability.QUEUE_PEEK):
            why = self.stage.deployed.lacks(Capability.QUEUE_PEEK)
            self.unknowns.append((UnknownKind.CAPABILITY, why))
            return ()
        self.hearing.listening = True
        try:
            return tuple(f for v in self._variants() for f in self._try(v))
        finally:
            self.hearing.listening = False
            self.hearing.texts.clear()

    def _variants(self) -> Iterator[Variant]:
        """Of a message that was really sent, so that it is about something that is there."""
        latest = self.hearing.latest
        told: set[str] = set()
        for judge in self.hearing.contract.of_channel[self.unit.channel]:
            base = latest.get((self.unit.channel, judge.message.name))
            if base is None:
                continue
            self._works = False  # of the last message's kind
            for variant in variants(judge, base, mark=uuid4().hex[:16]):
                told.add(variant.text)
                yield variant
        if not told:
            why = "no message of this channel was sent on this stage that could be varied"
            self.unknowns.append((UnknownKind.NOTHING_SEEN, why))

    def _try(self, variant: Variant) -> Iterator[Finding]:
        self.tried += 1
        case = f"{self.unit.id}#{self.tried}"
        with self.stage.recorder.case(case):
            ended = self._ended(variant)
        good = ended == ("handled" if variant.valid else "dead-lettered")
        self.case_ended(case, good)
        if not good:
            yield self._finding(variant, ended, case)

    def _ended(self, variant: Variant) -> str:
        """What became of it: handled, dead-lettered, or neither in time."""
        queue, dead = self._queue(self.unit.channel), self._queue(self._dead)
        peek = self.peeker(self.stage.deployed, [queue, dead])
        first = len(self.stage.recorder)
        sent = self.stage.send(self._output(self.unit.channel), variant.text)
        deadline = time.monotonic() + self.stage.patience
        gone = False
        while time.monotonic() < deadline:
            queues = peek()
            there = any(m.body == variant.text for m in queues.get(queue, ()))
            # Heard after the look: what a consumer sends on, it sends before it is done.
            if self._heard(variant) or any(m.body == variant.text for m in queues.get(dead, ())):
                return "dead-lettered"
            if gone and not there:
                return self._handled(variant, sent, first)
            # Once is not enough: a message on its way to a worker may be seen in neither place.
            gone = not there
            time.sleep(_LOOK)
        return f"neither handled nor dead-lettered in {self.stage.patience:g} s"

    def _handled(self, variant: Variant, sent: str, first: int) -> str:
        worked = any(sent in _caused_by(r) for r in self.stage.recorder.since(first))
        self._works |= worked and variant.told == UNCHANGED
        return "handled" if worked or not self._works else "deleted and nothing done for it"

    def _heard(self, variant: Variant) -> bool:
        """Whether a function was heard to send it to the dead letters by itself."""
        return variant.text in self.hearing.texts.get(self._dead, ())

    @property
    def _dead(self) -> str:
        return self.hearing.contract.dead_letters[self.unit.channel]

    def _queue(self, channel: str) -> str:
        return end_of(self.stage.deployed.outputs[self._output(channel)])

    def _output(self, channel: str) -> str:
        outputs = self.hearing.contract.by_output
        return next(o for o, c in outputs.items() if c == channel)

    def _finding(self, variant: Variant, ended: str, case: str) -> Finding:
        kind = "allows" if variant.valid else "forbids"
        must = "handled" if variant.valid else "dead-lettered"
        return Finding(
            law=f"consumers take what the contract allows ({self.unit.channel})",
            title=f"A message on {self.unit.channel} that the contract {kind} ({variant.told}) "
            f"was {ended}, not {must}",
            cases=(case,),
            fingerprint=fingerprint(self.unit.id, variant.told),
        )


def _caused_by(record: Record) -> tuple[str, ...]:
    """The messages that a function was working on when it made this call."""
    cause = record.value.get("cause") if isinstance(record.value, dict) else None
    ids = cause.get("messageIds") if isinstance(cause, dict) else None
    return tuple(map(str, ids)) if isinstance(ids, list) else ()

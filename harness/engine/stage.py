"""The stage as a story sees it: do things together, inject and heal, wait by watching."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from harness.clients import ClientError, GraphQL, Rest, Step
from harness.deploy import Aws
from harness.doubles import Doubles
from harness.engine.clock import Clock
from harness.engine.companions import Companions
from harness.engine.conditions import Condition
from harness.engine.listening import Following, Listening
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.laws import HEALED, SETTLED
from harness.model import Fault, HarnessError, Identity, Json
from harness.model import Stage as Deployed
from harness.observe import Observer
from harness.recorder import Recorder
from harness.wire import Checks, Wire, WireError

T = TypeVar("T")

_TICK = 1.0
"""Seconds between two invocations of a function whose real schedule is minutes."""
_LOOK = 0.1
"""Seconds after which a condition that no record changes (a queue's depth) is looked at again."""


class NotReached(AssertionError):
    """The stage did not get where the story waits for it to be: the application's failure."""


@dataclass
class Stage:
    """One deployed stage in use by one run; a story's only door to it."""

    deployed: Deployed
    recorder: Recorder
    faults: FaultBox
    doubles: Doubles
    rest: Rest
    observer: Observer
    loop: Loop
    aws: Aws
    run: str
    patience: float
    """Seconds that ``until`` and ``settle`` wait at most."""
    at_once: int = 8
    """How many things ``together`` does at once."""
    clocked: tuple[str, ...] = ()
    """Functions whose real schedule is too long for a run; invoked while the stage is waited on."""
    companions: Companions = field(default_factory=Companions)
    """What runs beside the stage."""
    graphql_client: GraphQL | None = None
    wire: Wire | None = None
    """None where the target has none, or ``[wire]`` says so."""
    checks: Checks | None = None
    """Tells that a fault can never fire; None where there is no wire to know."""
    identities: Mapping[str, Identity] = field(default_factory=dict)
    """Who can call it, by name in the configuration."""
    absent: tuple[str, ...] = ()
    """Doubles that are declared and not there: on somebody's stage nothing is stood in for."""
    case: str = ""
    times: dict[str, list[float]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    """Bodies that the harness put on queues itself."""
    _from: int = 0
    _own: list[tuple[Fault, ...]] = field(default_factory=list)
    """What the story itself injected, time by time."""
    _clock: Clock = field(default_factory=Clock)

    @contextmanager
    def running(self, case: str) -> Iterator[None]:
        """One case runs; no fault outlives it, whatever happens."""
        self.case, self._from = case, len(self.recorder)
        self.faults.reset()
        self._own = []
        with self.recorder.case(case), self.observer.hurried():
            try:
                yield
            finally:
                self.faults.heal()
                self._clock.rest()

    def together(self, work: Iterable[Awaitable[T]]) -> list[T]:
        """Do all of it at once (as far as the target's settings let); the results in order."""
        return self.loop.together(work, self.at_once)

    def do(self, work: Awaitable[T]) -> T:
        """Do one thing."""
        return self.loop.run(work)

    @property
    def graphql(self) -> GraphQL:
        """The door to the stage's GraphQL API.

        Raises:
            ClientError: the application has none that the harness knows of.
        """
        if self.graphql_client is None:
            raise ClientError(
                "there is no GraphQL contract", "Name it: [contracts] graphql = … in harness.toml."
            )
        return self.graphql_client

    def subscribe(
        self,
        document: str,
        identity: Identity | None = None,
        variables: Mapping[str, Json] | None = None,
    ) -> Listening:
        """Subscribed while the result is entered; ``document`` may be a field's name."""
        subscription = self.graphql.subscription(document, identity, variables)
        return Listening(subscription, self.loop)

    def follow(
        self,
        document: str,
        identity: Identity | None = None,
        variables: Mapping[str, Json] | None = None,
        *,
        present: Callable[[], Awaitable[Iterable[Json] | None]],
        step: Callable[[Json], Step | None],
    ) -> Following:
        """As ``subscribe``, with every gap closed by a query: see ``harness.clients.following``.

        ``present`` queries how everything that is followed stands; ``step`` reads a step out of
        what it, or a message, says.
        """
        subscription = self.graphql.subscription(document, identity, variables)
        return Following(
            subscription, self.loop, present=present, step=step, recorder=self.recorder
        )

    def check(self, faults: Sequence[Fault]) -> None:
        """Refuse faults that can never fire here.

        Raises:
            HarnessError: which of them, what is wrong with it, and what was perhaps meant.
        """
        for number, fault in enumerate(faults, 1):
            try:
                if self.checks is not None:
                    self.checks.check(fault)
            except WireError as error:
                what = f"fault {number}, {fault.id}: {error.what}"
                raise HarnessError(what, error.mend) from None

    def inject(self, *faults: Fault) -> None:
        """From now on these faults fire.

        Raises:
            HarnessError: one can never fire.
        """
        self.check(faults)
        self._own.append(faults)
        self.faults.inject(*faults)

    def heal(self) -> None:
        """What the story injected fires no more; where it injected nothing, its plan doesn't.

        A plan beside the story's own faults, as a search makes it, may be about what comes after.
        """
        self.faults.heal(*(fault.id for faults in self._own for fault in faults))
        self.recorder.observe(HEALED)

    @property
    def in_vain(self) -> tuple[Fault, ...]:
        """What the story injected and nothing met: each numbered fault, and an outage (what was
        injected together for every call) none of whose calls was made."""
        silent = self.faults.not_met()
        return tuple(
            fault
            for faults in self._own
            for fault in faults
            if fault in silent and (fault.nth != "every" or _untouched(faults, silent))
        )

    def heal_all(self) -> None:
        """No fault fires from now on, whoever injected it."""
        self._own = []
        self.heal()

    def parameter(self, name: str) -> str:
        """A parameter of the stack, as deployed.

        Raises:
            HarnessError: nobody told of such a one.
        """
        try:
            return self.deployed.parameters[name]
        except KeyError:
            raise HarnessError(
                f"{self.deployed.name} is not known to have a parameter {name!r}",
                f"Attach by --stack, or say it: [targets.{self.deployed.target}.parameters] "
                f"{name} = …",
            ) from None

    def until(
        self, condition: Condition, within: float | None = None, *, measure: str = ""
    ) -> float:
        """Wait until records make it true; gives the seconds that took.

        Raises:
            NotReached: it wasn't true in ``within`` seconds (the stage's patience by default).
        """
        start, limit = self.recorder.now(), within or self.patience
        read = self._from

        def met() -> bool:
            nonlocal read
            fresh = self.recorder.since(read)
            read += len(fresh)
            for record in fresh:
                condition.see(record)
            return condition.met()

        if not self._watch(met, limit):
            raise NotReached(f"after {limit:g} s: {condition.missing()}")
        took = self.recorder.now() - start
        if measure:
            self.measure(measure, took)
        return took

    def settle(self, within: float | None = None, *, ticking: bool = True) -> bool:
        """Wait until nothing is under way: queues empty, streams read. False when time is up.

        Without ``ticking`` the clock's functions stay as they are: what nobody goes on with is
        left alone.
        """
        quiet = partial(self.observer.quiet, time.monotonic())
        with self.observer.hurried():
            rests = self._watch(quiet, within or self.patience, ticking=ticking)
        self.recorder.observe(SETTLED, value={"quiet": rests})
        return rests

    def tick(self) -> None:
        """Invoke the clocked functions once, as their schedule would; waits for nothing."""
        self._clock.tick(lambda: [self.invoke(output) for output in self.clocked])

    def invoke(self, output: str, event: Mapping[str, Json] | None = None) -> Json:
        """Invoke the function that this output names, and give what it answered."""
        name = self.deployed.outputs[output]
        call = self.recorder.invoke("client", f"invoke {output}")
        answer = self.aws.client("lambda").invoke(
            FunctionName=name, Payload=json.dumps(dict(event or {})).encode()
        )
        body = json.loads(answer["Payload"].read() or b"null")
        self.recorder.complete(call, "info" if answer.get("FunctionError") else "ok")
        return body

    def send(self, output: str, body: str, *, key: str | None = None) -> str:
        """Put a message of the harness's own on the queue that this output names; its id there."""
        self.sent.append(body)
        call = self.recorder.invoke("client", f"send {output}", key=key)
        sent = self.aws.client("sqs").send_message(
            QueueUrl=self.deployed.outputs[output], MessageBody=body
        )
        self.recorder.complete(call, "ok")
        return str(sent["MessageId"])

    def measure(self, name: str, seconds: float) -> None:
        """Remember how long something took, for the verdict."""
        self.times.setdefault(name, []).append(seconds)

    def double(self, name: str) -> Any:
        """A double, to be spoken to as the third party's own users would."""
        return self.doubles[name]

    def _watch(self, met: Callable[[], bool], seconds: float, *, ticking: bool = True) -> bool:
        """Look again after every record; meanwhile the clock's functions run, as scheduled."""
        deadline = self.recorder.now() + seconds
        tick = self.recorder.now() + _TICK
        while True:
            read = len(self.recorder)
            if met():
                return True
            now = self.recorder.now()
            if now >= deadline:
                return False
            if ticking and now >= tick:
                self.tick()
                tick = self.recorder.now() + _TICK
            self.recorder.await_more(read, min(_LOOK, deadline - now))


def _untouched(faults: Iterable[Fault], silent: Sequence[Fault]) -> bool:
    return all(fault in silent for fault in faults if fault.nth == "every")

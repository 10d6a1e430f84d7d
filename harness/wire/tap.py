"""What the wire knows while calls pass: what they ask, whose they are, what is planned for them."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.faults import FaultBox, Peers
from harness.model import Fault, Json, Kind, Stage
from harness.recorder import Recorder
from harness.wire.causes import HEADER, Cause, Causes, read_cause
from harness.wire.decoding import Decoded, Decoder
from harness.wire.fields import fields_of, kept, keys_of, resource_of, short
from harness.wire.messages import Answer, Request
from harness.wire.outcome import code_of, kind_of
from harness.wire.refusals import Refusals
from harness.wire.stale import Stale


@dataclass
class Attempt:
    """One attempt of one SDK call, as it is recorded."""

    decoded: Decoded
    cause: Cause
    resource: str | None
    keys: tuple[str, ...]
    number: int
    sdk_call: str | None
    cases: tuple[str, ...]
    fault: Fault | None = None
    call: int = 0
    start: float = 0.0

    @property
    def name(self) -> str:
        """``dynamodb.PutItem``."""
        return f"{self.decoded.service}.{self.decoded.operation}"


Crossed = Callable[[Attempt, Answer], None]
"""Told of each call that was answered, with its answer."""


@dataclass
class Tap:
    """Reads requests, writes the history, asks for faults. Used on the wire's loop alone."""

    recorder: Recorder
    faults: FaultBox
    decoder: Decoder
    refusals: Refusals
    keys: Sequence[str]
    """The names of the fields that hold an entity's key."""
    peers: Peers = field(default_factory=Peers)
    crossed: list[Crossed] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    """What went wrong inside the wire: mistakes of the harness, never of the application."""

    def __post_init__(self) -> None:
        self.causes = Causes(self.recorder)
        self.stale = Stale()
        self._overtaking: dict[str | None, list[asyncio.Event]] = {}
        self._names: Mapping[str, str] = {}

    def bind(self, stage: Stage) -> None:
        """From now on resources and functions are called as the template calls them."""
        physical = {**stage.resources, **stage.functions}
        self._names = {short(name): logical for logical, name in physical.items()}

    def logical(self, name: str | None) -> str | None:
        """A function's or resource's logical id; its physical name where there is none."""
        return None if name is None else self._names.get(name, name)

    def tied(self, request: Request) -> Cause | None:
        """Who says of itself that it asks; None when nobody does."""
        header = request.by_name.get(HEADER)
        return read_cause(header) if header else None

    def see(self, request: Request, cause: Cause) -> Attempt:
        """Read a request, record it, and take the fault that is planned for it."""
        headers = request.by_name
        decoded = self.decoder.decode(
            request.method.decode(), request.target.decode("latin-1"), headers,
            b"" if request.streamed else bytes(request.body),
        )  # fmt: skip
        what = kept(decoded)
        keys = keys_of(decoded, what, self.keys)
        attempt = Attempt(
            decoded=decoded,
            cause=cause,
            resource=self.logical(resource_of(decoded, what)),
            keys=keys,
            number=_number(headers.get("amz-sdk-request", "")),
            sdk_call=headers.get("amz-sdk-invocation-id"),
            cases=self.causes.cases(cause, keys),
        )
        self._record(attempt, fields_of(decoded, what))
        return attempt

    def end(
        self, attempt: Attempt, answer: Answer | None, *, reason: str | None = None,
        happened: bool = False,
    ) -> None:  # fmt: skip
        """An attempt is over: with an answer, or with the reason why there was none.

        ``happened``: whether the effect is known to have been done, whatever was answered.
        """
        status = answer.status if answer is not None else None
        value: dict[str, Json] = {
            "status": status,
            "seconds": round(self.recorder.now() - attempt.start, 4),
        }
        if answer is not None and answer.status >= 400:
            value["code"] = code_of(answer)
        if answer is not None and answer.status < 300:
            self.stale.learn(attempt.decoded, attempt.resource, answer)
            ids = self.causes.learn(attempt.decoded, bytes(answer.body), attempt.cases)
            if ids:
                value["messageIds"] = list(ids)
        if reason:
            value["reason"] = reason
        kind: Kind = "info" if reason or happened else kind_of(status)
        fault = attempt.fault.id if attempt.fault else None
        self.recorder.complete(attempt.call, kind, value=value, fault=fault)
        for event in self._overtaking.pop(attempt.resource, ()):
            event.set()
        if answer is not None:
            for told in self.crossed:
                told(attempt, answer)

    async def overtaken(self, attempt: Attempt, seconds: float) -> None:
        """Wait until another call to the same resource is over, at most so many seconds."""
        event = asyncio.Event()
        self._overtaking.setdefault(attempt.resource, []).append(event)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)

    def fired(self, attempt: Attempt) -> None:
        """The planned fault happens."""
        if attempt.fault is not None:
            self.faults.fired(attempt.call, attempt.fault)

    def _record(self, attempt: Attempt, fields: Mapping[str, Json]) -> None:
        decoded, cause = attempt.decoded, attempt.cause
        own, key = _only(attempt.keys), _only(attempt.keys or cause.keys)
        function = self.logical(cause.function)
        attempt.fault = self.faults.take(
            decoded.service, decoded.operation, key=own, function=function,
            resource=attempt.resource, request=decoded.parameters, attempt=attempt.number,
            sdk_call=attempt.sdk_call, cases=attempt.cases,
        )  # fmt: skip
        value = cause.told(whole=self.causes.first(cause))
        value |= {
            "function": function, "resource": attempt.resource, "attempt": attempt.number
        }  # fmt: skip
        if attempt.sdk_call:
            value["sdkCall"] = attempt.sdk_call
        if fields:
            value["request"] = dict(fields)
        if len(attempt.keys) > 1:
            value["keys"] = list(attempt.keys)
        if key != own:
            value["keyOf"] = "cause"
        attempt.start = self.recorder.now()
        attempt.call = self.recorder.invoke(
            "wire", attempt.name, key=key, value=value, cases=attempt.cases
        )
        attempt.cases = attempt.cases or self.recorder.owners(key) or self.recorder.running


def _only(keys: Sequence[str]) -> str | None:
    return keys[0] if len(keys) == 1 else None


def _number(header: str) -> int:
    """Which attempt: ``attempt=2; max=3``."""
    found = header.partition("attempt=")[2].partition(";")[0].strip()
    return int(found) if found.isdigit() else 1

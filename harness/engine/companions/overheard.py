"""What a front saw that no client of ours told of: a function's own calls, a foreign client's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.clients import entity_key, is_told
from harness.faults import FaultBox
from harness.model import Fault, Json, Kind
from harness.recorder import Recorder

Published = Callable[[str, Json, str | None], None]
"""A mutation, its answer (which is what its subscribers get of it), and the entity it is about."""

SERVICE = "appsync"
"""What faults call it: ``appsync.publishOrderUpdate``."""


@dataclass(frozen=True)
class Overheard:
    """Writes operations into the history as the clients' feed has them, each once.

    Our own clients say in a header that they tell of what they ask themselves: they know whose
    identity it was, and what became of an answer that never came.
    """

    recorder: Recorder
    faults: FaultBox
    keys: Sequence[str] = ()
    """Fields that name the entity."""
    published: list[Published] = field(default_factory=list)
    """Told of each mutation that was carried out."""

    def told(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers is told of by whoever made it."""
        return is_told(headers)

    def ear(self) -> "Ear":
        """For one front: each numbers its operations by itself."""
        return Ear(self)


@dataclass
class Ear:
    """One front's record, and the faults that are planned for what it hears."""

    to: Overheard
    _calls: dict[int, int] = field(default_factory=dict)
    _faults: dict[int, str] = field(default_factory=dict)

    def __call__(self, kind: Kind, number: int, name: str, value: Json) -> None:
        """An operation began, or ended."""
        recorder = self.to.recorder
        key = entity_key(self.to.keys, value.get("variables"), value.get("data"))
        if kind == "invoke":
            self._calls[number] = recorder.invoke("client", name, key=key, value=value)
            return
        fault, answer = self._faults.pop(number, None), _body(value)
        recorder.complete(self._calls.pop(number), kind, key=key, value=answer, fault=fault)
        what, _, mutation = name.partition(" ")
        if kind == "ok" and what == "mutation":
            for tell in self.to.published:
                tell(mutation, answer["body"], key)

    def plan(self, number: int, operation: str, variables: Mapping[str, Json]) -> Fault | None:
        """The fault for this operation, if any."""
        key = entity_key(self.to.keys, variables)
        return self.to.faults.take(SERVICE, operation, key=key, request=variables)

    def fired(self, number: int, fault: Fault) -> None:
        """It happened."""
        self._faults[number] = fault.id
        self.to.faults.fired(self._calls[number], fault)


def _body(value: Mapping[str, Json]) -> Mapping[str, Json]:
    """The answer as a client's record has it: what its one field gave is its body."""
    data = value.get("data")
    fields = list(data.values()) if isinstance(data, Mapping) else []
    body = fields[0] if len(fields) == 1 else data
    rest = {k: v for k, v in value.items() if k != "data"}
    return {**rest, "body": body}

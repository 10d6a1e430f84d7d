"""What a front saw that no client of ours told of: a function's own calls, a foreign client's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.clients import entity_key, is_told
from harness.model import Json, Kind
from harness.recorder import Recorder


@dataclass(frozen=True)
class Overheard:
    """Writes operations into the history as the clients' feed has them, each once.

    Our own clients say in a header that they tell of what they ask themselves: they know whose
    identity it was, and what became of an answer that never came.
    """

    recorder: Recorder
    keys: Sequence[str] = ()
    """Fields that name the entity."""

    def told(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers is told of by whoever made it."""
        return is_told(headers)

    def feed(self) -> Callable[..., None]:
        """One front's record; each front numbers its operations by itself."""
        calls: dict[int, int] = {}

        def record(kind: Kind, number: int, name: str, value: Json) -> None:
            key = entity_key(self.keys, value.get("variables"), value.get("data"))
            if kind == "invoke":
                calls[number] = self.recorder.invoke("client", name, key=key, value=value)
            else:
                self.recorder.complete(calls.pop(number), kind, key=key, value=_body(value))

        return record


def _body(value: Mapping[str, Json]) -> Mapping[str, Json]:
    """The answer as a client's record has it: what its one field gave is its body."""
    data = value.get("data")
    fields = list(data.values()) if isinstance(data, Mapping) else []
    body = fields[0] if len(fields) == 1 else data
    rest = {k: v for k, v in value.items() if k != "data"}
    return {**rest, "body": body}

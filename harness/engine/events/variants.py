"""Messages that a contract allows and no producer sends, and messages that it forbids."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harness.model import Json
from harness.specs import Judge

_OTHER: Mapping[str, Json] = {
    "string": 17, "integer": "seventeen", "number": "seventeen", "boolean": "perhaps",
    "object": "text", "array": "text",
}  # fmt: skip
"""A value of another type than the one that is asked for."""
_SOME = 2
"""Fields of a message that are tried in each way that is forbidden: they stand for all."""
UNCHANGED = "once more, as it was sent"
"""What queues do by themselves now and then; and how a consumer treats a message that it takes."""
_STRANGE = "~ no such value ~"
_ADDED: Json = {"nested": [1, "two", None]}
_CORRELATION = ("correlationId", "correlation_id")
_VERSION = ("schemaVersion", "specversion")


@dataclass(frozen=True)
class Variant:
    """One message to try a consumer with."""

    told: str
    """How it differs: ``without retryCount``."""
    body: Json
    """A text is sent as it is, anything else as JSON."""
    valid: bool

    @property
    def text(self) -> str:
        """The body as it is sent."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body)


def variants(judge: Judge, base: Mapping[str, Json], *, mark: str) -> Iterator[Variant]:
    """Variants of a message that keeps the contract, each in one way.

    ``base`` is one that a producer sent; what is made of it stays about the same entity. ``mark``
    tells ours apart from everything else that is sent: it takes the correlation id's place.
    """
    marked = {**base, **{n: mark for n in _CORRELATION if n in base}}
    base = marked if judge.valid(marked) else base
    yield Variant(UNCHANGED, base, valid=True)
    yield from _allowed(judge, base)
    yield from _forbidden(judge, base, mark)


def _allowed(judge: Judge, base: Mapping[str, Json]) -> Iterator[Variant]:
    for name, schema in judge.properties.items():
        if name in base and name not in judge.required:
            yield from _if_valid(judge, f"without {name}", _without(base, name))
        if name not in base:
            for value in _examples(judge, name, schema):
                yield from _if_valid(judge, f"with {name}", {**base, name: value})
        for value in schema.get("enum", ()) if name in _VERSION else ():
            if value != base.get(name):
                yield from _if_valid(judge, f"{name} {value}", {**base, name: value})
    if judge.open or judge.tolerated.get("fields"):
        added = {**base, "addedInANewerVersion": _ADDED}
        yield Variant("with a field that a newer producer adds", added, valid=True)
    for name, values in judge.tolerated.items():
        for value in values if name in base and isinstance(values, list) else ():
            yield Variant(f"{name} {value}", {**base, name: value}, valid=True)


def _forbidden(judge: Judge, base: Mapping[str, Json], mark: str) -> Iterator[Variant]:
    for name in sorted(judge.required):
        yield from _unless_valid(judge, f"without {name}", _without(base, name))
    tolerated = {n: v for n, v in judge.tolerated.items() if isinstance(v, list)}
    for told, name, value in _wrong(judge, base):
        if value in tolerated.get(name, ()):
            continue
        yield from _unless_valid(judge, f"{name} {told}", {**base, name: value})
    if not (judge.open or judge.tolerated.get("fields")):
        yield from _unless_valid(judge, "with a field of its own", {**base, "unasked": _ADDED})
    yield Variant("no JSON at all", f"not even JSON ({mark})", valid=False)
    yield from _unless_valid(judge, "none of its fields", {"mark": mark})


def _wrong(judge: Judge, base: Mapping[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """How a value is wrong, whose it is, and the value."""
    there = [(name, schema) for name, schema in judge.properties.items() if name in base]
    ways: Mapping[str, Callable[[Mapping[str, Any]], list[Json]]] = {
        "of another type": lambda s: [_OTHER[s["type"]]] if s.get("type") in _OTHER else [],
        "that isn't among its values": lambda s: [_STRANGE] if {"enum", "const"} & set(s) else [],
        "off its pattern": lambda s: [_STRANGE] if "pattern" in s else [],
        "below its least": lambda s: [s["minimum"] - 1] if "minimum" in s else [],
        "above its most": lambda s: [s["maximum"] + 1] if "maximum" in s else [],
    }
    for told, made in ways.items():
        found = ((told, name, value) for name, schema in there for value in made(schema))
        yield from islice(found, _SOME)


def _if_valid(judge: Judge, told: str, body: Json) -> Iterator[Variant]:
    if judge.valid(body):
        yield Variant(told, body, valid=True)


def _unless_valid(judge: Judge, told: str, body: Json) -> Iterator[Variant]:
    if not judge.valid(body):
        yield Variant(told, body, valid=False)


def _without(base: Mapping[str, Json], name: str) -> dict[str, Json]:
    return {k: v for k, v in base.items() if k != name}


def _examples(judge: Judge, name: str, schema: Mapping[str, Any]) -> list[Json]:
    """A value for an optional field: one of the contract's own examples, else its least."""
    given = [e.get("payload") or {} for e in judge.message.raw.get("examples") or ()]
    found = [p[name] for p in given if isinstance(p, Mapping) and name in p]
    if found:
        return found[:1]
    if "const" in schema or "enum" in schema:
        return [schema.get("const", next(iter(schema.get("enum", ())), None))]
    return [schema["minimum"]] if "minimum" in schema else []

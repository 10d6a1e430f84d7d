"""Values at and beyond the edge of what their types and descriptions promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from graphql import (
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from harness.engine.contract.graphql.values import Place
from harness.model import Json

Expected = Literal["refused", "accepted", "lawful"]

_ODD = (
    "", " ", "\u0000", "\U0001f6d2", "a\u202eb", "<script>alert(1)</script>", "' OR '1'='1' --",
    "../../etc/passwd", "${jndi:ldap://x}", "not an id",
)  # fmt: skip
_MOST_ODD = 3
_LONG = 20_000
_WIDEST = 2**31 - 1
_NO_SUCH = "NO_SUCH_VALUE"


@dataclass(frozen=True)
class Edge:
    """One value for one place."""

    what: str
    value: Json
    expected: Expected


def edges(place: Place, good: Json) -> Iterator[Edge]:
    """Every edge of a place; ``good`` is a value that is valid there."""
    yield from _null(place)
    inner: Any = place.type.of_type if is_non_null_type(place.type) else place.type
    if is_list_type(inner):
        yield Edge("a number for a list of objects", 3, "lawful")
        return
    kind = get_named_type(inner)
    yield from _wrong_types(kind)
    if is_enum_type(kind):
        yield Edge("a value that its enum lacks", _NO_SUCH, "refused")
    elif place.schema.get("type") == "string":
        yield from _texts(place, good)
    elif place.schema.get("type") in ("integer", "number"):
        yield from _numbers(place, kind.name)


def _null(place: Place) -> Iterator[Edge]:
    required = is_non_null_type(place.type)
    yield Edge("null", None, "refused" if required else "lawful")


def _wrong_types(kind: Any) -> Iterator[Edge]:
    if not is_input_object_type(kind) and kind.name != "AWSJSON":
        yield Edge("an object", {"a": 1}, "refused")
        yield Edge("a list of two", ["a", "b"], "refused")
    if kind.name == "String":
        yield Edge("a number", 12345, "refused")
    if kind.name == "ID":
        yield Edge("a fraction", 1.5, "refused")
    if kind.name in ("Int", "Float", "Boolean") or is_input_object_type(kind):
        yield Edge("a text", "twelve", "refused")
    if kind.name == "Int":
        yield Edge("a number beyond 32 bits", _WIDEST + 1, "refused")
        yield Edge("a fraction", 1.5, "refused")


def _texts(place: Place, good: Json) -> Iterator[Edge]:
    schema = place.schema
    least, most = schema.get("minLength"), schema.get("maxLength")
    for size in dict.fromkeys(s for s in (least, most) if s is not None):
        text = _of_length(place, good, size)
        if text is not None:
            yield Edge(f"a text of {size}", text, "accepted")
    if most is not None:
        yield Edge(f"a text of {most + 1}", _grown(good, most + 1), "refused")
    else:
        yield Edge(f"a text of {_LONG}", "a" * _LONG, _by_promise(place, "a" * _LONG))
    odd = [t for t in _ODD if not place.fits(t)] or list(_ODD[:2])
    for text in odd[:_MOST_ODD]:
        yield Edge(f"the text {text!r}", text, _by_promise(place, text))


def _numbers(place: Place, name: str) -> Iterator[Edge]:
    low, high = place.schema.get("minimum"), place.schema.get("maximum")
    for value, expected in ((low, "accepted"), (high, "accepted")):
        if value is not None:
            yield Edge(f"the number {value}", value, "accepted" if expected else "lawful")
    if low is not None:
        yield Edge(f"the number {low - 1}", low - 1, "refused")
    if high is not None:
        yield Edge(f"the number {high + 1}", high + 1, "refused")
    if low is None and high is None:
        for value in (0, -1, _WIDEST if name == "Int" else 1e308):
            yield Edge(f"the number {value}", value, "lawful")


def _by_promise(place: Place, text: str) -> Expected:
    """What a contract that says nothing of a text promises is nothing."""
    return "lawful" if place.fits(text) else "refused"


def _of_length(place: Place, good: Json, size: int) -> str | None:
    """A valid text of this length, made from a good one; None if that isn't simple."""
    return next((t for t in (_grown(good, size), "a" * size, "0" * size) if place.fits(t)), None)


def _grown(good: Json, size: int) -> str:
    text = good if isinstance(good, str) and good else "a"
    return (text * (size // len(text) + 1))[:size]

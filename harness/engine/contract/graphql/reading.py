"""A GraphQL answer, read: its data, its errors, and what it comes to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from harness.engine.contract.answer import Answer
from harness.engine.contract.graphql.document import Asked
from harness.model import Json, Kind

OK = "ok"
NULL = "null"
"""Neither a value nor an error."""
INVALID = "ValidationError"
"""AppSync refused the document or its variables; its errors of this kind have no ``errorType``."""
BROKEN = "BrokenData"
"""AppSync could not make what a resolver gave into what the schema promises."""
_FAILED = ("Lambda:", "ExecutionTimeout", "InternalFailure")
_UNFIT = ("Cannot return null", "Can't serialize value", "Can't resolve value")


@dataclass(frozen=True)
class Reading:
    """An answer to a document; ``asked`` is None for a request that held none."""

    asked: Asked | None
    answer: Answer
    alias: str = ""
    """Which of several values of the field is meant; else the first."""

    @property
    def root(self) -> str:
        """Under which name the field's value comes."""
        return self.alias or (self.asked.roots[0] if self.asked else "")

    def part(self, alias: str) -> "Reading":
        """The same answer, as another of the values that it holds."""
        return replace(self, alias=alias)

    @property
    def body(self) -> Mapping[str, Json]:
        """The answer's JSON object; empty when it is none."""
        return self.answer.json if isinstance(self.answer.json, dict) else {}

    @property
    def data(self) -> Json:
        """What was answered for every root field."""
        return self.body.get("data")

    @cached_property
    def errors(self) -> Sequence[Mapping[str, Json]]:
        """Its errors, as far as they are objects."""
        given = self.body.get("errors")
        return [e for e in given if isinstance(e, Mapping)] if isinstance(given, list) else []

    @property
    def own_errors(self) -> Sequence[Mapping[str, Json]]:
        """Those that are about the field's value, or about no field."""
        return [e for e in self.errors if not e.get("path") or e["path"][0] == self.root]

    @property
    def value(self) -> Json:
        """What was answered for the field that was asked for."""
        if self.asked is None or not isinstance(self.data, Mapping):
            return None
        return self.data.get(self.root)

    @property
    def ok(self) -> bool:
        """Whether the field has a value."""
        return self.outcome == OK

    @cached_property
    def outcome(self) -> str:
        """``ok``, ``null``, or the code of its first error."""
        if self.value is not None and self.answer.status == 200:
            return OK
        for error in self.own_errors:
            return code_of(error)
        return NULL if self.answer.status == 200 else f"HTTP {self.answer.status}"

    def kind(self, defects: Sequence[str]) -> Kind:
        """For the history: done, refused, or not known to be either."""
        codes = [code_of(e) for e in self.own_errors]
        unsure = any(c.startswith(_FAILED) or c == BROKEN or c in defects for c in codes)
        if self.answer.status >= 500 or unsure:
            return "info"
        return "ok" if self.ok or not self.own_errors else "fail"

    def texts(self) -> Iterator[str]:
        """Every text in its errors, for whoever looks for what mustn't be there."""
        yield from _texts(self.errors)


def code_of(error: Mapping[str, Json]) -> str:
    """An error's code: ``errorType``, or what AppSync's own errors without one come to."""
    kind, message = error.get("errorType"), str(error.get("message", ""))
    if isinstance(kind, str) and kind:
        return kind
    if message.startswith(_UNFIT):
        return BROKEN
    if message.startswith(("Validation error", "Variable ")) or error.get("path") is None:
        return INVALID
    return "no code"


def failed(code: str) -> bool:
    """Whether a code says that what resolves the field failed."""
    return code.startswith(_FAILED)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)

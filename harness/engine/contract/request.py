"""A valid request of an operation, made from what its contract says, ready to be changed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from harness.model import Json
from harness.specs import OpenApi, Operation, Parameter, examples_of

Lookup = Callable[[Operation, Parameter], Json]
"""A real value for a parameter, from an earlier answer; None when there is none."""


@dataclass(frozen=True)
class Request:
    """One request, before it is sent. Credentials are added when it is."""

    operation: Operation
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    document: Json = None
    """The body as JSON, when it is JSON."""

    @property
    def target(self) -> str:
        """Path and query, percent-encoded."""
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def with_header(self, name: str, value: str | None) -> "Request":
        """Another value of a header, or none of it."""
        kept = {k: v for k, v in self.headers.items() if k.lower() != name.lower()}
        return replace(self, headers=kept if value is None else {**kept, name: value})

    def with_body(self, body: bytes | None, document: Json = None) -> "Request":
        """Another body."""
        return replace(self, body=body, document=document)


class Fresh:
    """Values that no other request has: the same in every run of a unit on a fresh stage."""

    def __init__(self, *salt: object) -> None:
        self._salt = "\0".join(str(s) for s in salt)
        self._given = 0

    def value(self, api: OpenApi, parameter: Parameter, like: str | None = None) -> str | None:
        """A new value of a parameter, of the length of ``like`` (or a good one)."""
        return self.text(parameter.name, api.validator(parameter.schema).is_valid, like)

    def text(self, name: str, fits: Callable[[str], bool], like: str | None = None) -> str | None:
        """A new text that fits; None if more than hexadecimal digits is wanted."""
        self._given += 1
        digest = hashlib.sha256(f"{self._salt}\0{name}\0{self._given}".encode())
        long = digest.hexdigest() * 4
        for length in ([len(like)] if like else []) + [32, 16, 64]:
            if fits(long[:length]):
                return long[:length]
        return None


def valid_requests(
    api: OpenApi, operation: Operation, fresh: Fresh, lookup: Lookup
) -> Iterator[Request]:
    """A valid request for each example body (one for an operation without a body).

    Nothing comes when a required value can't be had: no example, no link, no simple sample.
    """
    bodies: list[tuple[str | None, Json]] = list(_bodies(api, operation))
    if not bodies and not _needs_body(operation):
        bodies = [(None, None)]
    for media_type, document in bodies:
        given: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
        for parameter in operation.parameters:
            if not parameter.required:
                continue
            value = _parameter(api, operation, parameter, fresh, lookup)
            if value is None:
                return
            given[parameter.place][parameter.name] = _text(value)
        headers = dict(given["header"])
        if media_type is not None:
            headers["Content-Type"] = media_type
        body = None if media_type is None else json.dumps(document).encode()
        yield Request(operation, given["path"], given["query"], headers, body, document)


def sample(api: OpenApi, schema: Mapping[str, Any]) -> Json:
    """Some valid scalar of a schema; None when none of the simple ones fits."""
    resolved = api.document.resolve(schema)
    if not isinstance(resolved, Mapping):
        return None
    validator = api.validator(schema)
    return next((c for c in candidates(resolved) if validator.is_valid(c)), None)


def candidates(schema: Mapping[str, Any]) -> list[Json]:
    """Simple scalars of which one may be valid."""
    low = int(schema.get("minimum", schema.get("exclusiveMinimum", 0)) or 0)
    size = int(schema.get("minLength", 1) or 1)
    found: list[Json] = [schema[k] for k in ("const", "default", "example") if k in schema]
    found += [*(schema.get("examples") or ()), *(schema.get("enum") or ())]
    found += [low, low + 1, True, "a" * size, "0" * size, "A" * size, "abcdef0123456789"]
    found += ["00000000-0000-4000-8000-000000000000", "someone@example.com", "2026-01-01"]
    return found


def _parameter(
    api: OpenApi, operation: Operation, parameter: Parameter, fresh: Fresh, lookup: Lookup
) -> Json:
    if parameter.fresh:
        return fresh.value(api, parameter)
    found = lookup(operation, parameter)
    if found is not None:
        return found
    for _, value in examples_of(api.document, parameter.raw):
        return value
    return sample(api, parameter.schema)


def _bodies(api: OpenApi, operation: Operation) -> Iterator[tuple[str, Json]]:
    for media_type, content in ((operation.body or {}).get("content") or {}).items():
        if "json" in media_type:
            for _, value in examples_of(api.document, content):
                yield media_type, value


def _needs_body(operation: Operation) -> bool:
    return operation.body is not None and operation.body.get("required") is True


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)

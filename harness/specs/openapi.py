"""An OpenAPI contract as the rest of the harness asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from harness.model import Json
from harness.specs.document import Document, Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """An answer of ``source`` names something that ``target`` takes."""

    name: str
    source: str
    status: str
    target: str
    parameters: Mapping[str, str]
    """Parameter of the target (``path.orderId`` or ``orderId``) → runtime expression."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation, resolved."""

    name: str
    place: str
    """``path``, ``query``, ``header`` or ``cookie``."""
    required: bool
    schema: JsonObject
    raw: JsonObject

    @property
    def fresh(self) -> bool:
        """Whether each request that is no repeat takes a new value."""
        return self.raw.get("x-fresh-per-request") is True


@dataclass(frozen=True)
class Response:
    """One documented answer, resolved."""

    status: str
    raw: JsonObject

    @property
    def content(self) -> Mapping[str, JsonObject]:
        """Media type → its description."""
        return self.raw.get("content") or {}

    @property
    def under_fault(self) -> bool:
        """Whether it needs something that the application depends on to fail."""
        return self.raw.get("x-only-under-fault") is True


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    """In capitals."""
    path: str
    """The template, as in the contract."""
    raw: JsonObject
    pointer: Pointer
    parameters: Sequence[Parameter]
    responses: Mapping[str, Response]
    security: Sequence[Mapping[str, Sequence[str]]]
    body: JsonObject | None
    """The request body's description, resolved."""

    @property
    def label(self) -> str:
        """What histories and units call it: ``POST /v1/orders``."""
        return f"{self.method} {self.path}"

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every documented status, those that need a fault too."""
        return tuple(self.responses)

    @property
    def reachable(self) -> tuple[str, ...]:
        """The exact statuses that can be seen without a fault."""
        return tuple(s for s, r in self.responses.items() if s.isdigit() and not r.under_fault)

    @property
    def rate_limited(self) -> bool:
        """Whether it counts against a limit."""
        return self.raw.get("x-rate-limited") is True

    @property
    def idempotent(self) -> bool:
        """Whether repeating a request with its idempotency key changes nothing more."""
        return self.raw.get("x-idempotent") is True

    @property
    def owned(self) -> bool:
        """Whether what it shows or changes belongs to who asks."""
        return bool(self.raw.get("x-owned-by"))

    @property
    def max_body_bytes(self) -> int | None:
        """A longer body is refused with 413."""
        value = (self.body or {}).get("x-max-body-bytes")
        return value if isinstance(value, int) else None

    @property
    def schemes(self) -> frozenset[str]:
        """Security schemes of which at least one is asked for; empty for an open operation."""
        if any(not requirement for requirement in self.security):
            return frozenset()
        return frozenset(name for requirement in self.security for name in requirement)

    def documents(self, status: int) -> Response | None:
        """The documented answer for a status: exact, else its range, else the default."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.responses:
                return self.responses[name]
        return None


@dataclass(frozen=True)
class OpenApi:
    """A linted REST contract."""

    document: Document

    @property
    def raw(self) -> JsonObject:
        """The whole contract as plain data."""
        root: JsonObject = self.document.root
        return root

    @property
    def file(self) -> str:
        """The file, as people know it."""
        return self.document.path.as_posix()

    @property
    def version(self) -> str:
        """The contract's own version."""
        return str((self.raw.get("info") or {}).get("version", ""))

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order of the file."""
        return tuple(self._operations())

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link between operations."""
        return tuple(self._links())

    def operation(self, name: str) -> Operation:
        """The operation of this id or label.

        Raises:
            KeyError: there is none.
        """
        for operation in self.operations:
            if name in (operation.id, operation.label):
                return operation
        raise KeyError(name)

    def scheme(self, name: str) -> JsonObject:
        """A security scheme, resolved; {} if it isn't there."""
        schemes = (self.raw.get("components") or {}).get("securitySchemes") or {}
        resolved: JsonObject = self.document.resolve(schemes.get(name) or {})
        return resolved

    def validator(self, schema: Json) -> jsonschema_rs.Validator:
        """A validator of a schema of this contract, whose references lead into it; formats count.

        Made once for each schema: making one takes longer than using it.
        """
        known = self._validators.get(id(schema))
        if known is None:
            known = (schema, self._validator(schema))
            self._validators[id(schema)] = known  # with the schema, so that its id stays its own
        return known[1]

    def _validator(self, schema: Json) -> jsonschema_rs.Validator:
        if not isinstance(schema, Mapping):
            return jsonschema_rs.Draft202012Validator(schema)
        anchored = {**schema, "components": self.raw.get("components") or {}}
        return jsonschema_rs.Draft202012Validator(anchored, validate_formats=True)

    @cached_property
    def _validators(self) -> dict[int, tuple[Json, jsonschema_rs.Validator]]:
        return {}

    def _operations(self) -> Iterator[Operation]:
        paths = self.raw.get("paths")
        for path, item in (paths if isinstance(paths, Mapping) else {}).items():
            for method in METHODS:
                raw = item.get(method) if isinstance(item, Mapping) else None
                if isinstance(raw, Mapping):
                    yield self._operation(path, item, method, raw)

    def _operation(self, path: str, item: JsonObject, method: str, raw: JsonObject) -> Operation:
        resolve = self.document.resolve
        parameters: dict[tuple[str, str], Parameter] = {}
        for described in [*(item.get("parameters") or []), *(raw.get("parameters") or [])]:
            p = resolve(described)
            key = (str(p.get("in")), str(p.get("name")))
            parameters[key] = Parameter(
                key[1], key[0], p.get("required") is True, p.get("schema") or {}, p
            )
        responses = {
            str(status): Response(str(status), resolve(r))
            for status, r in (raw.get("responses") or {}).items()
        }
        security = raw.get("security", self.raw.get("security")) or []
        body = resolve(raw["requestBody"]) if "requestBody" in raw else None
        operation_id = str(raw.get("operationId") or f"{method.upper()} {path}")
        return Operation(
            operation_id, method.upper(), path, raw, ("paths", path, method),
            tuple(parameters.values()), responses, security, body,
        )  # fmt: skip

    def _links(self) -> Iterator[Link]:
        for operation in self.operations:
            for status, response in operation.responses.items():
                for name, described in (response.raw.get("links") or {}).items():
                    link = self.document.resolve(described)
                    yield Link(
                        name, operation.id, status, str(link.get("operationId", "")),
                        link.get("parameters") or {},
                    )  # fmt: skip


NO_REST = OpenApi(Document(Path(), {"openapi": "3.1.0", "paths": {}}, {}))
"""The contract of an application without a REST API."""

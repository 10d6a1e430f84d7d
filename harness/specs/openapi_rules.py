"""The house rules: what a contract must say for its stage to be judged well."""

from collections.abc import Iterator, Mapping

from harness.model import Json
from harness.specs.document import Pointer
from harness.specs.errors import Problem
from harness.specs.examples import examples_of
from harness.specs.openapi import OpenApi, Operation

PROBLEM = "application/problem+json"


def house_rules(api: OpenApi) -> Iterator[Problem]:
    """Problems of substance: what is promised too loosely, or not at all."""
    for operation in api.operations:
        yield from _statuses(api, operation)
        yield from _errors(api, operation)
        yield from _requests(api, operation)
    yield from _strings(api, api.document.root, ())


def _statuses(api: OpenApi, operation: Operation) -> Iterator[Problem]:
    wanted = {
        "429": (operation.rate_limited, "is x-rate-limited"),
        "401": (bool(operation.schemes), "asks for credentials"),
        "413": (operation.max_body_bytes is not None, "has x-max-body-bytes"),
    }
    for status, (needed, why) in wanted.items():
        if needed and status not in operation.responses:
            yield api.document.problem(
                operation.pointer, f"{operation.label} {why} but has no {status}", "document it"
            )
    if not any(s.startswith("4") for s in operation.statuses):
        yield api.document.problem(
            operation.pointer, f"{operation.label} documents no refusal", "add a 4xx response"
        )
    limited = operation.responses.get("429")
    if limited and "Retry-After" not in (limited.raw.get("headers") or {}):
        yield api.document.problem(
            (*operation.pointer, "responses", "429"), f"{operation.label}: 429 has no Retry-After",
            "add the header",
        )  # fmt: skip


def _errors(api: OpenApi, operation: Operation) -> Iterator[Problem]:
    for status, response in operation.responses.items():
        where = (*operation.pointer, "responses", status)
        if status[:1] in "45" and PROBLEM not in response.content:
            yield api.document.problem(
                where, f"{operation.label}: {status} is not {PROBLEM}", "use RFC 9457 there"
            )
        for media_type, content in response.content.items():
            if not any(examples_of(api.document, content)):
                yield api.document.problem(
                    where, f"{operation.label}: {status} {media_type} has no example", "add one"
                )


def _requests(api: OpenApi, operation: Operation) -> Iterator[Problem]:
    for media_type, content in ((operation.body or {}).get("content") or {}).items():
        if not any(examples_of(api.document, content)):
            yield api.document.problem(
                (*operation.pointer, "requestBody"),
                f"{operation.label}: its {media_type} body has no example", "add a realistic one",
            )  # fmt: skip


def _strings(api: OpenApi, value: Json, pointer: Pointer) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        if value.get("type") == "string" and not {"enum", "const"} & value.keys():
            yield from _string(api, value, pointer)
        for key, child in value.items():
            if key not in ("example", "examples", "value", "enum", "const", "securitySchemes"):
                yield from _strings(api, child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _strings(api, child, (*pointer, index))


def _string(api: OpenApi, schema: Mapping[str, Json], pointer: Pointer) -> Iterator[Problem]:
    name = pointer[-1]
    if "maxLength" not in schema:
        yield api.document.problem(pointer, f"{name}: a string without maxLength", "bound it")
    if "pattern" not in schema and "format" not in schema:
        yield api.document.problem(
            pointer, f"{name}: a string of any characters", "give it a pattern or format"
        )

"""Whether an answer is one that the contract documents, for requests that we make ourselves.

Requests that Schemathesis makes are held against the contract by its own checks, whose names
these laws share, so that both find the same thing once.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from harness.engine.contract.answer import Answer
from harness.engine.contract.response_laws import Broken
from harness.model import Json
from harness.specs import OpenApi, Operation, Response


def conformance(api: OpenApi, operation: Operation, answer: Answer) -> Iterator[Broken]:
    """No 5xx; a documented status; a documented body and headers."""
    where = f"{operation.label} answered {answer.status}"
    if answer.status >= 500:
        yield Broken("not_a_server_error", str(answer.status), f"{where}: the server failed")
    documented = operation.documents(answer.status)
    if documented is None:
        yield Broken(
            "status_code_conformance", str(answer.status), f"{where}, which is not documented",
            f"Documented: {', '.join(operation.statuses)}.",
        )  # fmt: skip
        return
    yield from _body(api, where, documented, answer)
    yield from _headers(api, where, documented, answer)


def _body(api: OpenApi, where: str, documented: Response, answer: Answer) -> Iterator[Broken]:
    if not documented.content:
        return
    content = documented.content.get(answer.media_type)
    if content is None:
        yield Broken(
            "content_type_conformance", str(answer.status),
            f"{where} as {answer.media_type or 'nothing'}, which is not documented",
            f"Documented: {', '.join(documented.content)}.", form=True,
        )  # fmt: skip
        return
    schema = content.get("schema")
    if schema is None or "json" not in answer.media_type:
        return
    for error in api.validator(schema).iter_errors(answer.json):
        place = "/".join(str(p) for p in error.instance_path)
        yield Broken(
            "response_schema_conformance", f"{answer.status} {place}",
            f"{where} with a body that breaks its schema{f' at {place}' if place else ''}",
            error.message.splitlines()[0][:400], form=True,
        )  # fmt: skip
        return


def _headers(api: OpenApi, where: str, documented: Response, answer: Answer) -> Iterator[Broken]:
    for name, described in (documented.raw.get("headers") or {}).items():
        header: Mapping[str, Any] = api.document.resolve(described)
        value = answer.headers.get(name.lower())
        if value is None:
            if header.get("required") is True:
                yield Broken(
                    "response_headers_conformance", f"{answer.status} {name} missing",
                    f"{where} without its header {name}", form=True,
                )  # fmt: skip
            continue
        schema = api.document.resolve(header.get("schema") or {})
        if not _fits(api.validator(schema), _typed(schema, value)):
            yield Broken(
                "response_headers_conformance", f"{answer.status} {name}",
                f"{where} with {name}: {value}, which breaks its schema", form=True,
            )  # fmt: skip


def _fits(validator: jsonschema_rs.Validator, value: Json) -> bool:
    return validator.is_valid(value)


def _typed(schema: Mapping[str, Any], value: str) -> Json:
    """A header's text as the type that its schema asks for, where it reads as one."""
    if schema.get("type") == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value

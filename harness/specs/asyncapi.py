"""An AsyncAPI 3 contract: channels, messages, their payloads and versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from harness.model import Json
from harness.specs.document import Document, Pointer, pointer_of
from harness.specs.errors import ContractError, Problem


@dataclass(frozen=True)
class Message:
    """One message of one channel."""

    channel: str
    name: str
    payload: Mapping[str, Any]
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class AsyncApi:
    """A linted event contract."""

    document: Document
    messages: tuple[Message, ...]

    @property
    def version(self) -> str:
        """The contract's own version."""
        return str(self.document.root["info"]["version"])


def read_asyncapi(document: Document) -> AsyncApi:
    """Read and lint an AsyncAPI 3 document.

    Raises:
        ContractError: with every problem found.
    """
    problems = list(_structure(document)) or [
        *_references(document, document.root, ()),
    ]
    if not problems:
        problems = [*_operations(document), *_messages_lint(document)]
    if problems:
        raise ContractError(problems)
    return AsyncApi(document, tuple(_messages(document)))


def _structure(document: Document) -> Iterator[Problem]:
    root = document.root
    if not isinstance(root, Mapping) or not str(root.get("asyncapi", "")).startswith("3."):
        yield document.problem(("asyncapi",), "is not AsyncAPI 3", "write asyncapi: 3.0.0")
        return
    info = root.get("info")
    if not (isinstance(info, Mapping) and info.get("title") and info.get("version")):
        yield document.problem(("info",), "has no title and version", "add both to info")
    for key in ("channels", "operations"):
        if not isinstance(root.get(key), Mapping):
            yield document.problem((key,), f"has no {key}", f"add {key}")


def _references(document: Document, value: Json, pointer: Pointer) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            target = pointer_of(reference)
            if target is None or document.at(target) is None:
                yield document.problem(
                    (*pointer, "$ref"), f"refers to nothing: {reference}",
                    "name something in this file",
                )  # fmt: skip
        for key, child in value.items():
            yield from _references(document, child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(document, child, (*pointer, index))


def _operations(document: Document) -> Iterator[Problem]:
    for name, operation in document.root["operations"].items():
        where = ("operations", name)
        if not isinstance(operation, Mapping) or operation.get("action") not in ("send", "receive"):
            yield document.problem(where, f"{name} has no action", "write send or receive")
        elif not document.resolve(operation.get("channel")):
            yield document.problem(where, f"{name} has no channel", "refer to a channel")


def _messages_lint(document: Document) -> Iterator[Problem]:
    for channel, described in document.root["channels"].items():
        resolved = document.resolve(described)
        if not (isinstance(resolved, Mapping) and resolved.get("messages")):
            yield document.problem(
                ("channels", channel), f"{channel} carries no message", "add its messages"
            )
    for message in _messages(document):
        where = ("channels", message.channel, "messages", message.name)
        if "payload" not in message.raw:
            yield document.problem(
                where, f"{message.name} has no payload", "give it a JSON Schema payload"
            )
            continue
        yield from _payload(document, message, where)


def _payload(document: Document, message: Message, where: Pointer) -> Iterator[Problem]:
    validator = None
    try:
        validator = validator_of(document, message.payload)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        yield document.problem(
            where, f"{message.name}: payload is no JSON Schema: {str(error).splitlines()[0]}",
            "mend the schema",
        )  # fmt: skip
    for index, example in enumerate(message.raw.get("examples") or ()):
        payload = example.get("payload") if isinstance(example, Mapping) else None
        if validator is None or payload is None:
            continue
        for flaw in validator.iter_errors(payload):
            place = "/".join(str(p) for p in flaw.instance_path)
            yield document.problem(
                where, f"{message.name}: example {index + 1} breaks its payload schema"
                f"{f' at {place}' if place else ''}: {flaw.message.splitlines()[0][:200]}",
                "mend the example or the schema",
            )  # fmt: skip
            break


def validator_of(document: Document, schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """A validator of a payload whose references lead into this contract."""
    anchored = {**schema, "components": document.root.get("components") or {}}
    return jsonschema_rs.Draft202012Validator(anchored, validate_formats=True)


def _messages(document: Document) -> Iterator[Message]:
    for channel, described in document.root["channels"].items():
        resolved = document.resolve(described) or {}
        for name, message in (resolved.get("messages") or {}).items():
            raw = document.resolve(message) or {}
            payload = document.resolve(raw.get("payload") or {}) or {}
            if isinstance(payload, Mapping) and "schemaFormat" in payload:
                payload = document.resolve(payload.get("schema") or {}) or {}
            yield Message(channel, str(name), payload, raw)

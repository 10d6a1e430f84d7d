"""Whether a message keeps its event contract, and if not, in which of a few ways."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import jsonschema_rs

from harness.model import Json
from harness.specs.asyncapi import AsyncApi, Message, validator_of

FlawKind = Literal["schema", "version", "correlation id", "personal data"]

_VERSION = ("schemaVersion", "version", "specversion")
_CORRELATION = ("correlationId", "correlation_id", "traceparent")
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+\d[\d\s-]{7,16}\d")
_PERSONAL_NAMES = re.compile(r"e-?mail|phone|first_?name|last_?name|address|birth", re.IGNORECASE)


@dataclass(frozen=True)
class Flaw:
    """One way in which a message breaks its contract. Never holds a value of the message."""

    kind: FlawKind
    told: str
    """Where, and what is expected there."""


@dataclass(frozen=True)
class Judged:
    """What a message turned out to be."""

    message: str
    """The contract's name of it; of several, the one that it comes nearest to."""
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True)
class MessageContract:
    """The messages of each channel, ready to judge."""

    api: AsyncApi

    @cached_property
    def by_output(self) -> Mapping[str, str]:
        """Stack output that is a channel's address → the channel."""
        channels = self.api.document.root["channels"]
        outputs = {
            n: self.api.document.resolve(c).get("x-stack-output") for n, c in channels.items()
        }
        return {output: name for name, output in outputs.items() if output}

    @cached_property
    def by_path(self) -> Mapping[str, str]:
        """Path of the API → the channel of what is posted there: webhooks."""
        channels = self.api.document.root["channels"]
        where = {n: str(self.api.document.resolve(c).get("address")) for n, c in channels.items()}
        return {address: name for name, address in where.items() if address.startswith("/")}

    @cached_property
    def dead_letters(self) -> Mapping[str, str]:
        """Channel → the channel of what its consumer can't read (``x-dead-letters``)."""
        channels = self.api.document.root["channels"]
        named = {n: self.api.document.resolve(c).get("x-dead-letters") for n, c in channels.items()}
        return {name: dead for name, dead in named.items() if dead}

    @cached_property
    def of_channel(self) -> Mapping[str, tuple["Judge", ...]]:
        """Channel → its messages."""
        judges: dict[str, tuple[Judge, ...]] = {}
        for message in self.api.messages:
            made = Judge(self.api, message)
            judges[message.channel] = (*judges.get(message.channel, ()), made)
        return judges

    def judge(self, channel: str, body: Json, headers: Mapping[str, Json] | None = None) -> Judged:
        """Hold a message's body and headers against what its channel may carry."""
        told = [
            Judged(j.message.name, tuple(j.flaws(body, headers or {})))
            for j in self.of_channel[channel]
        ]
        return min(told, key=_distance)


class Judge:
    """Judges one message of the contract."""

    def __init__(self, api: AsyncApi, message: Message) -> None:
        self.message = message
        self._api = api
        self._validator = validator_of(api.document, message.payload)
        headers = api.document.resolve(message.raw.get("headers") or {}) or {}
        self._headers = validator_of(api.document, headers)

    def valid(self, body: Json) -> bool:
        """Whether it follows the schema."""
        return bool(self._validator.is_valid(body))

    def flaws(self, body: Json, headers: Mapping[str, Json]) -> Iterator[Flaw]:
        """All that is wrong with a message."""
        if not self._headers.is_valid(dict(headers)):
            yield Flaw("schema", f"its headers aren't those of {self.message.name}")
        yield from (self._told(error, body) for error in self._validator.iter_errors(body))
        if not self.message.raw.get("x-personal"):
            yield from self._unmarked(body, ())

    def _told(self, error: jsonschema_rs.ValidationError, body: Json) -> Flaw:
        keyword = next((str(p) for p in reversed(error.schema_path) if isinstance(p, str)), "")
        where = "/".join(map(str, error.instance_path)) or "the body"
        missing = self._missing(body) if keyword == "required" else ()
        if any(name in _VERSION for name in missing):
            return Flaw("version", f"{where} has no {', '.join(missing)}")
        if any(name in _CORRELATION for name in missing):
            return Flaw("correlation id", f"{where} has no {', '.join(missing)}")
        expected = f"{where} breaks {keyword}"
        return Flaw("schema", f"{expected}: no {', '.join(missing)}" if missing else expected)

    def _missing(self, body: Json) -> tuple[str, ...]:
        if not isinstance(body, Mapping):
            return ()
        return tuple(sorted(n for n in self.required if n not in body))

    @cached_property
    def required(self) -> frozenset[str]:
        """Properties that each body must have."""
        return frozenset(
            name for part in self._parts(self.message.payload) for name in part.get("required", ())
        )

    @cached_property
    def tolerated(self) -> Mapping[str, Any]:
        """What readers take beyond what producers may send (``x-tolerated``): a property's further
        values, and under ``fields`` whether properties that aren't named are."""
        merged: dict[str, Any] = {}
        for part in self._parts(self.message.payload):
            merged |= part.get("x-tolerated") or {}
        return merged

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """What a body can have, by name; a later part of the schema narrows an earlier one."""
        merged: dict[str, dict[str, Any]] = {}
        for part in self._parts(self.message.payload):
            for name, schema in (part.get("properties") or {}).items():
                resolved = self._api.document.resolve(schema) or {}
                merged[name] = {**merged.get(name, {}), **resolved}
        return merged

    @cached_property
    def open(self) -> bool:
        """Whether a body may have fields that the contract doesn't know."""
        return all(p.get("additionalProperties", True) for p in self._parts(self.message.payload))

    def _parts(self, schema: Json) -> Iterator[Mapping[str, Any]]:
        resolved = self._api.document.resolve(schema)
        if isinstance(resolved, Mapping):
            yield resolved
            for part in resolved.get("allOf", ()):
                yield from self._parts(part)

    def _unmarked(self, value: Json, path: tuple[str, ...]) -> Iterator[Flaw]:
        """Personal data in a field that isn't marked for it."""
        if path and self.properties.get(path[0], {}).get("x-personal"):
            return
        if isinstance(value, Mapping):
            for name, child in value.items():
                yield from self._unmarked(child, (*path, str(name)))
        elif isinstance(value, list):
            for child in value:
                yield from self._unmarked(child, path)
        elif isinstance(value, str) and value and _personal(path, value):
            yield Flaw("personal data", f"{'/'.join(path) or 'the body'} isn't marked x-personal")


def _distance(judged: Judged) -> tuple[int, int]:
    """How far a message is from what the contract names so; what must be constant tells most."""
    constants = sum(flaw.told.endswith(" breaks const") for flaw in judged.flaws)
    return constants, len(judged.flaws)


def _personal(path: tuple[str, ...], value: str) -> bool:
    named = bool(path) and _PERSONAL_NAMES.search(path[-1]) is not None
    return named or bool(_EMAIL.search(value) or _PHONE.search(value))

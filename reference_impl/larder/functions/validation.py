"""What a request must look like. Types of parameters and bodies are pydantic models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from larder.functions import problems
from larder.functions.http import JSON, Request
from larder.functions.problems import Flaw

M = TypeVar("M", bound=BaseModel)


class Parameters(BaseModel):
    """Query parameters or headers: texts that become what they stand for. Unknown ones pass."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Arguments(BaseModel):
    """Arguments of a GraphQL field, whose types AppSync has checked; unknown ones pass."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Body(BaseModel):
    """A JSON body, held to its types; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def read_query(request: Request, model: type[M]) -> M:
    """The query's parameters. Raises Problem."""
    repeated = [name for name, values in request.query.items() if len(values) > 1]
    known = _names(model)
    flaws = [Flaw("query", name, "must come once") for name in repeated if name in known]
    if flaws:
        raise problems.invalid_parameters(flaws)
    given = {name: values[-1] for name, values in request.query.items() if name in known}
    return _read(model, given, "query")


def read_headers(request: Request, model: type[M]) -> M:
    """The headers that ``model`` names by its aliases, in any case. Raises Problem."""
    given = {
        name: request.headers[name.lower()]
        for name in _names(model)
        if name.lower() in request.headers
    }
    return _read(model, given, "header")


def read_arguments(given: Mapping[str, Any], model: type[M]) -> M:
    """A GraphQL field's arguments. Raises Problem."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise problems.invalid_parameters(_flaws(error, "argument")) from error


def read_body(request: Request, model: type[M], most: int) -> M:
    """The body as JSON of at most ``most`` bytes. Raises Problem."""
    check_size(request, most)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise problems.unsupported_media_type()
    try:
        return model.model_validate(read_json(request.body))
    except ValidationError as error:
        raise problems.invalid_body(_flaws(error, "body")) from error


def check_size(request: Request, most: int) -> None:
    """Raises Problem for a body longer than ``most`` bytes."""
    if len(request.body) > most:
        raise problems.payload_too_large(most)


def read_json(body: bytes) -> Any:
    """The JSON document in a body: UTF-8, no NaN, names once. Raises Problem."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise problems.malformed_json() from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two values a name means is a guess that others may make differently."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def _names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _read(model: type[M], given: Mapping[str, str], where: str) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise problems.invalid_parameters(_flaws(error, where)) from error


_REASONS = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_type": "must be a text",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "has characters, or an order of them, that are not allowed",
    "enum": "is not one of the values allowed",
    "literal_error": "is not one of the values allowed",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "model_type": "must be an object",
}


def _flaws(error: ValidationError, where: str) -> list[Flaw]:
    """In our own words: pydantic's repeat what the request held."""
    every = error.errors(include_input=False, include_context=False, include_url=False)
    return [
        Flaw(where, _place(each["loc"]), _REASONS.get(each["type"], "is not valid"))
        for each in every
    ]


def _place(location: Sequence[int | str]) -> str:
    """A name that the contract allows; what isn't ours to repeat is left out."""
    name = ".".join(map(str, location))
    safe = all(one.isascii() and (one.isalnum() or one in "_.-[]") for one in name)
    return name if safe and len(name) <= 100 else ""

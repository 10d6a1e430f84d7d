"""An execution's result as AppSync writes it."""

import re
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, get_named_type, is_object_type

from harness.model import Json
from harness.targets.appsync.document import locations
from harness.targets.appsync.errors import FieldError

_NULL = re.compile(r"Cannot return null for non-nullable field (\w+)\.(\w+)\.")
_MISSING = re.compile(
    r"Variable ['\"]\$(\w+)['\"] has invalid value: "
    r"Expected (?:a )?value of non-null type ['\"](.+?)['\"]"
)
_VARIABLE = re.compile(r"Variable [\"']\$(\w+)[\"']")


def result_body(result: ExecutionResult, schema: GraphQLSchema) -> dict[str, Json]:
    """``data`` and, where there are any, ``errors``."""
    body: dict[str, Json] = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error, schema) for error in result.errors]
    return body


def failed(kind: str, message: str) -> dict[str, Json]:
    """The body where the whole execution failed."""
    return {
        "data": None,
        "errors": [
            {"path": None, "data": None, "errorType": kind, "errorInfo": None, "locations": None,
             "message": message}
        ],
    }  # fmt: skip


def _error(error: GraphQLError, schema: GraphQLSchema) -> dict[str, Json]:
    if isinstance(error.original_error, FieldError):
        return _of_resolver(error, error.original_error)
    if error.path is None:
        return {"path": None, "locations": locations(error), "message": _request_message(error)}
    return {"path": list(error.path), "locations": None, "message": _value_message(error, schema)}


def _of_resolver(error: GraphQLError, found: FieldError) -> dict[str, Json]:
    return {
        "path": list(error.path or ()),
        "data": found.data,
        "errorType": found.kind,
        "errorInfo": found.info,
        "locations": locations(error),
        "message": found.message,
    }


def _request_message(error: GraphQLError) -> str:
    missing = _MISSING.match(error.message)
    if missing:
        return f"Variable '{missing[1]}' has coerced Null value for NonNull type '{missing[2]}'"
    return _VARIABLE.sub(r"Variable '\1'", error.message)


def _value_message(error: GraphQLError, schema: GraphQLSchema) -> str:
    """What is wrong with a value that a resolver gave, in graphql-java's words."""
    where = _path(error.path or [])
    null = _NULL.match(error.message)
    if null:
        parent, name = null[1], null[2]
        kind = _field_type(schema, parent, name).rstrip("!")
        return (
            f"Cannot return null for non-nullable type: '{kind}' within parent '{parent}' ({where})"
        )
    if error.message.startswith("Expected Iterable"):
        return f"Can't resolve value ({where}) : type mismatch error, expected type LIST"
    if error.message.startswith(("Expected value of type", "Abstract type", "Runtime Object")):
        return f"Can't resolve value ({where}) : type mismatch error, expected type OBJECT"
    if error.message.startswith("Enum "):
        name = _enum(error, schema)
        return f"Can't serialize value ({where}) : Invalid input for Enum '{name}'."
    return f"Can't serialize value ({where}) : {error.message}"


def _enum(error: GraphQLError, schema: GraphQLSchema) -> str:
    found = re.match(r"Enum ['\"](\w+)['\"]", error.message)
    return found[1] if found else ""


def _field_type(schema: GraphQLSchema, parent: str, name: str) -> str:
    kind: Any = schema.get_type(parent)
    if not is_object_type(kind) or name not in kind.fields:
        return ""
    declared = kind.fields[name].type
    return str(declared) if "[" in str(declared) else str(get_named_type(declared))


def _path(path: list[str | int]) -> str:
    return "".join(f"[{x}]" if isinstance(x, int) else f"/{x}" for x in path)

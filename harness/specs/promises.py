"""What a description promises of a value in words that GraphQL's types have none for."""

import re
from typing import Any

from graphql import (
    GraphQLInputType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from harness.model import Json

_SIZE = re.compile(r"\bSize:\s*(\d+)\s+to\s+(\d+)\b")
_PATTERN = re.compile(r"\bPattern:\s*(\S+)")
_TEXT = ("String", "ID")
_NUMBERS = ("Int", "Float")


def promised(kind: GraphQLInputType, description: str | None) -> dict[str, Json]:
    """The JSON Schema of an argument's value: its type, ``Size:`` and ``Pattern:``.

    Sizes are characters of texts and the range of numbers; lists and objects only have their type.
    """
    inner: Any = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(inner):
        return {"type": "array"}
    name = get_named_type(inner).name
    text = description or ""
    size, pattern = _SIZE.search(text), _PATTERN.search(text)
    schema: dict[str, Json] = {}
    if name in _TEXT:
        schema = {"type": "string"}
        if size:
            schema |= {"minLength": int(size[1]), "maxLength": int(size[2])}
        if pattern:
            schema["pattern"] = pattern[1]
    elif name in _NUMBERS:
        schema = {"type": "integer" if name == "Int" else "number"}
        if size:
            schema |= {"minimum": int(size[1]), "maximum": int(size[2])}
    elif name == "Boolean":
        schema = {"type": "boolean"}
    return schema

"""The base of every value that crosses a border: immutable, closed, JSON in and out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = Any
"""A JSON value: null, bool, number, string, list or object. Typed loosely on purpose: it is data
of somebody else's shape, and whoever reads it checks what it needs."""


class Frozen(BaseModel):
    """An immutable pydantic model that refuses fields it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""GraphQL schemas as AppSync takes them: its scalars, its directives and what these say."""

from harness.sdl.directives import (
    Mode,
    access_of,
    directives_of,
    modes_of,
    mutations_of,
    subscriptions_of,
)
from harness.sdl.errors import SdlError
from harness.sdl.schema import build_schema

__all__ = [
    "Mode",
    "SdlError",
    "access_of",
    "build_schema",
    "directives_of",
    "modes_of",
    "mutations_of",
    "subscriptions_of",
]

"""Contracts in a folder, known by what they say, not by what they are called."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.commands.starting.walking import files_in, text_of
from harness.sdl import SdlError, build_schema
from harness.specs import ContractError, load_document

_VERSION = re.compile(
    r"""^\s*\{?\s*["']?(?P<what>openapi|swagger|asyncapi)["']?\s*:\s*["']?(?P<version>\d[\w.]*)""",
    re.MULTILINE,
)
_READ = {"openapi": "3.1", "asyncapi": "3."}
"""What of each is read here: versions that begin so."""


@dataclass
class Promises:
    """What was found of each kind, the nearest to the folder first; paths relative to it."""

    openapi: list[str] = field(default_factory=list)
    graphql: list[str] = field(default_factory=list)
    asyncapi: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    """File → what it is, where that can't be read."""


def promises_in(root: Path) -> Promises:
    """Every contract in the folder."""
    found = Promises()
    for path in files_in(root, ".yaml", ".yml", ".json"):
        _document(root, path, found)
    for path in files_in(root, ".graphql", ".graphqls", ".gql"):
        _schema(root, path, found)
    return found


def _document(root: Path, path: Path, found: Promises) -> None:
    said = _VERSION.search(text_of(path))
    if said is None or not _at_the_root(root, path, said["what"]):
        return
    name, what, version = path.relative_to(root).as_posix(), said["what"], said["version"]
    if version.startswith(_READ.get(what, "never")):
        getattr(found, what).append(name)
        return
    called = {"openapi": "OpenAPI", "swagger": "Swagger", "asyncapi": "AsyncAPI"}[what]
    wanted = "AsyncAPI 3" if what == "asyncapi" else "OpenAPI 3.1"
    found.unread[name] = f"{called} {version}, and {wanted} is read"


def _at_the_root(root: Path, path: Path, what: str) -> bool:
    """Whether it says so of itself, not of something further in."""
    try:
        document = load_document(root, path.relative_to(root).as_posix()).root
    except ContractError:
        return False
    return isinstance(document, dict) and what in document


def _schema(root: Path, path: Path, found: Promises) -> None:
    text, name = text_of(path), path.relative_to(root).as_posix()
    if not _queries(text):
        return
    try:
        build_schema(text)
    except SdlError as error:
        found.unread[name] = f"a GraphQL schema that doesn't parse ({error})"
    else:
        found.graphql.append(name)


_queries: Callable[[str], object] = re.compile(
    r"^\s*(extend\s+)?(type\s+(Query|Mutation)\b|schema\s*[@{])", re.MULTILINE
).search

"""YAML with the line of every value, so that a complaint can point at it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.model import Json
from harness.specs.errors import ContractError, Problem

Pointer = tuple[str | int, ...]
"""The way to a value: keys and indexes from the root."""


@dataclass(frozen=True)
class Document:
    """A parsed file. Mapping keys are strings (``200:`` is the status ``"200"``)."""

    path: Path
    """As people know it: relative to the project."""
    root: Json
    lines: Mapping[Pointer, int]
    digest: str = ""
    """SHA-256 of the file."""

    def line(self, pointer: Pointer) -> int:
        """The line of a value, or of the nearest thing around it that exists."""
        while pointer and pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines.get(pointer, 1)

    def problem(self, pointer: Pointer, what: str, mend: str) -> Problem:
        """A problem at this place."""
        return Problem(self.path, self.line(pointer), what, mend)

    def resolve(self, value: Json) -> Json:
        """The value behind a local ``$ref``, however long the chain; {} if it leads nowhere."""
        seen: set[str] = set()
        while isinstance(value, Mapping) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            if reference in seen:
                return {}
            seen.add(reference)
            found = self.at(pointer_of(reference))
            value = {} if found is None else found
        return value

    def at(self, pointer: Pointer | None) -> Json:
        """The value at this place, or None."""
        if pointer is None:
            return None
        value = self.root
        for part in pointer:
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, list) and str(part).isdigit() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        return value


def pointer_of(reference: str) -> Pointer | None:
    """``#/a/b~1c`` as ("a", "b/c"); None when it leads out of the document."""
    if not reference.startswith("#"):
        return None
    parts = reference[1:].strip("/").split("/") if len(reference) > 1 else []
    return tuple(p.replace("~1", "/").replace("~0", "~") for p in parts)


def load_document(root: Path, path: str) -> Document:
    """Read one YAML file.

    Raises:
        ContractError: it is missing, no YAML, or names a key twice.
    """
    file = Path(path)
    try:
        text = (root / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContractError(
            [Problem(file, 1, f"cannot be read: {reason}", "check [contracts] in harness.toml")]
        ) from None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContractError(
            [Problem(file, line, f"is not YAML: {error.problem}", "mend the syntax at this line")]
        ) from None
    except yaml.YAMLError as error:
        raise ContractError(
            [Problem(file, 1, f"is not YAML: {error}", "mend the syntax")]
        ) from None
    if node is None:
        raise ContractError([Problem(file, 1, "is empty", "write the contract")])
    reading = _Reading(file)
    value = reading.value(node, ())
    if reading.problems:
        raise ContractError(reading.problems)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(file, value, reading.lines, digest)


# libyaml's, where PyYAML was built with it, reads the same ten times as fast.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """YAML's safe loader without dates: a contract's values are JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Reading:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[Pointer, int] = {}
        self.problems: list[Problem] = []
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, pointer: Pointer) -> Json:
        self.lines.setdefault(pointer, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*pointer, i)) for i, item in enumerate(node.value)]
        try:
            return self._scalars.construct_object(node)
        except yaml.YAMLError as error:
            self._complain(node, f"has a value that is not JSON: {error}", "write it as JSON would")
            return None

    def _mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(key_node, "has a key that is not a name", "use a plain key")
                continue
            key = str(key_node.value)
            if key in result:
                self._complain(key_node, f"names {key!r} twice", "keep one of them")
                continue
            self.lines[(*pointer, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*pointer, key))
        return result

    def _complain(self, node: yaml.Node, what: str, mend: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, what, mend))

"""What a template says of what its target can't have, said of what stands in for it.

A function's environment, a policy or an output may name an attribute of a resource that was pruned.
Where something of the harness's own stands in for that resource its values are put there.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.deploy.errors import DeployError

StandIns = Mapping[str, Mapping[str, str]]
"""Logical id → attribute (empty for ``Ref``) → the value that stands in for it."""

_PLACEHOLDER = re.compile(r"\$\{\s*(\w+)(?:\.([\w.]+))?\s*\}")


def stand_in(body: dict[str, Any], values: StandIns, path: Path) -> tuple[str, ...]:
    """Put the values where ``body`` refers to what they stand in for; gives what was put where.

    Raises:
        DeployError: an attribute that nothing stands in for, with the resource that names it.
    """
    if not values:
        return ()
    told = []
    parts = [(name, body["Resources"], name) for name in body["Resources"]]
    parts += [(f"output {name}", body["Outputs"], name) for name in body.get("Outputs") or {}]
    parts += [("Globals", body, "Globals")] if body.get("Globals") else []
    for shown, parent, name in parts:
        one = _Part(values, shown, path)
        parent[name] = one.of(parent[name])
        told += [f"{shown}: {x}" for x in one.put]
    return tuple(told)


class _Part:
    """One resource or output, with its references replaced."""

    def __init__(self, values: StandIns, shown: str, path: Path) -> None:
        self._values = values
        self._shown = shown
        self._path = path
        self.put: dict[str, None] = {}
        """``Api.GraphQLUrl`` and so on, each once."""

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(x) for x in node]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            [(name, given)] = node.items()
            if name == "Fn::Sub":
                return {name: self._sub(given)}
            if target := _target(name, given):
                return self._value(*target) if target[0] in self._values else node
        return {k: self.of(v) for k, v in node.items()}

    def _sub(self, given: Any) -> Any:
        text, local = (given, {}) if isinstance(given, str) else given

        def one(found: re.Match[str]) -> str:
            name, attribute = found[1], found[2] or ""
            if name not in self._values or found[0].strip("${} ") in local:
                return found[0]
            return self._value(name, attribute)

        replaced = _PLACEHOLDER.sub(one, text)
        return replaced if isinstance(given, str) else [replaced, self.of(local)]

    def _value(self, name: str, attribute: str) -> str:
        shown = f"{name}.{attribute}" if attribute else name
        known = self._values[name]
        if attribute not in known:
            raise DeployError(
                f"{self._path}: {self._shown} needs {shown}, and nothing stands in for that here",
                f"Of {name} there are {', '.join(sorted(filter(None, known))) or 'no attributes'}.",
            )
        self.put[f"{shown} = {known[attribute]}"] = None
        return known[attribute]


def _target(function: str, given: Any) -> tuple[str, str] | None:
    """The resource and attribute that an intrinsic names, if it is such."""
    if function == "Ref" and isinstance(given, str):
        return given, ""
    if function == "Fn::GetAtt":
        parts = given.split(".") if isinstance(given, str) else given
        if isinstance(parts, list) and parts and all(isinstance(x, str) for x in parts):
            return parts[0], ".".join(parts[1:])
    return None

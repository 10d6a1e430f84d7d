"""What a template's parts refer to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.deploy.errors import DeployError


def references(node: Any) -> Iterator[str]:
    """Names that a part of a template refers to: logical ids, parameters, ``AWS::…``."""
    if isinstance(node, list):
        for member in node:
            yield from references(member)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _of(key, value)


def _of(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt" and isinstance(value, list) and value:
        yield from [value[0]] if isinstance(value[0], str) else references(value)
    elif key == "Fn::Sub":
        text, local = (value, {}) if isinstance(value, str) else (value[0], value[1])
        yield from (name for name in _placeholders(text) if name not in local)
        yield from references(local)
    else:
        yield from references(value)


def _placeholders(text: str) -> Iterator[str]:
    for part in text.split("${")[1:]:
        name = part.split("}", 1)[0].strip()
        if not name.startswith("!"):
            yield name.split(".", 1)[0]


def check_references(body: Mapping[str, Any], where: str) -> None:
    """Refuse references to nothing, which one emulator takes for text.

    Raises:
        DeployError: each with the resource or output that has it.
    """
    resources: Mapping[str, Any] = body["Resources"]
    outputs: Mapping[str, Any] = body.get("Outputs") or {}
    known = {*resources, *(body.get("Parameters") or {})}
    wrong = [
        f"{name} refers to {target!r}"
        for name, part in [*resources.items(), *outputs.items()]
        for target in dict.fromkeys(references(part))
        if not _exists(target, known, resources)
    ]
    if wrong:
        raise DeployError(
            f"{where} refers to what it doesn't have: {'; '.join(wrong)}",
            "Mend the names; each must be a resource or a parameter of the template.",
        )


def _exists(target: str, known: Iterable[str], resources: Iterable[str]) -> bool:
    if target in known or target.startswith(("AWS::", "Serverless")):
        return True
    # SAM makes resources named after those it expands: ApiStage, FunctionRole …
    return any(target.startswith(name) for name in resources)

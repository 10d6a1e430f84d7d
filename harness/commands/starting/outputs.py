"""What a template's outputs are, by what they refer to; their names say little."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.deploy import Template

_ADDRESS = re.compile(
    r"^https?://\$\{(?P<api>\w+)\}\.execute-api\.[^/]+(?:/(?P<stage>[^/]+))?(?P<rest>/.+?)?/?$"
)
_ATTRIBUTE = re.compile(r"^\$\{(?P<name>\w+)(?:\.(?P<attribute>[\w.]+))?\}$")
_BY_ITSELF = ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api")
_FUNCTION_URL = ("AWS::Lambda::Url", "AWS::Serverless::Function")


@dataclass(frozen=True)
class Address:
    """An output that is where an API answers."""

    output: str
    of: str
    """The resource that answers there."""
    rest: str = ""
    """A path behind the stage: then it is one operation's address, not the API's."""


def shown(value: Any) -> str:
    """A value as one text, with ``${Name}`` and ``${Name.Attribute}`` for what it refers to."""
    if isinstance(value, list):
        return "".join(map(shown, value))
    if isinstance(value, Mapping):
        return _called(*next(iter(value.items()))) if len(value) == 1 else ""
    return str(value)


def _called(function: str, given: Any) -> str:
    said = ""
    match function, given:
        case "Ref" | "Fn::GetAtt", str():
            said = f"${{{given}}}"
        case "Fn::GetAtt", [name, *attribute]:
            said = f"${{{name}.{'.'.join(map(str, attribute))}}}"
        case "Fn::Sub", str():
            said = given
        case "Fn::Sub", [str() as text, Mapping() as local]:
            said = text
            for name, put in local.items():
                said = said.replace(f"${{{name}}}", shown(put))
        case "Fn::Join", [between, list() as parts]:
            said = str(between).join(map(shown, parts))
        case "Fn::If", [_, then, _]:
            said = shown(then)
    return said


class Outputs:
    """Of one template."""

    def __init__(self, template: Template) -> None:
        self._template = template
        declared: Mapping[str, Any] = template.body.get("Outputs") or {}
        self._shown = {name: shown(output.get("Value")) for name, output in declared.items()}

    def rest(self) -> list[Address]:
        """Where REST may answer: the whole API's address first, then one operation's."""
        found = [x for name, text in self._shown.items() if (x := self._address(name, text))]
        return sorted(found, key=lambda x: bool(x.rest))

    def attribute(self, attribute: str, *kinds: str) -> list[tuple[str, str]]:
        """Outputs that are this attribute (empty for ``Ref``) of a resource of these types, and
        the resource."""
        return [
            (output, name)
            for output, name, of in self._references()
            if of == attribute and self._kind(name) in kinds
        ]

    def _address(self, output: str, text: str) -> Address | None:
        if found := _ADDRESS.match(text):
            return Address(output, found["api"], found["rest"] or "")
        one = _ATTRIBUTE.match(text)
        if one is None:
            return None
        name, attribute = one["name"], one["attribute"] or ""
        if attribute == "ApiEndpoint" and self._kind(name) in _BY_ITSELF:
            return Address(output, name)
        by_url = attribute == "FunctionUrl" and self._kind(name.removesuffix("Url"))
        if by_url or (attribute == "FunctionUrl" and self._kind(name) in _FUNCTION_URL):
            return Address(output, name)
        return None

    def _references(self) -> Iterator[tuple[str, str, str]]:
        for output, text in self._shown.items():
            if one := _ATTRIBUTE.match(text):
                yield output, one["name"], one["attribute"] or ""

    def _kind(self, name: str) -> str:
        return str(self._template.resources.get(name, {}).get("Type", ""))

"""Requests' bodies back into parameters, by the shapes of botocore's models."""

import base64
import binascii
import io
import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from botocore.model import Shape
from botocore.parsers import RpcV2CBORParser

from harness.model import Json

_CBOR = RpcV2CBORParser()
_TRUE = ("true", "True", "1")


def scalar(shape: Shape, text: str) -> Json:
    """What a text stands for: a number, a truth value, or itself."""
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return text in _TRUE
            case _:
                return text
    except ValueError:
        return text


def from_json(body: bytes) -> dict[str, Json]:
    """A JSON object; what is none gives nothing."""
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def from_cbor(body: bytes) -> dict[str, Json]:
    """A CBOR map; what is none gives nothing."""
    if not body:
        return {}
    try:
        stream: Any = io.BufferedReader(io.BytesIO(body))
        value = _CBOR.parse_data_item(stream)
    except Exception:  # botocore's parser raises many kinds
        return {}
    return value if isinstance(value, dict) else {}


def from_form(shape: Shape | None, form: Mapping[str, str], *, ec2: bool = False) -> dict[str, Any]:
    """A query request's parameters: ``Entries.member.1.Id`` and so on."""
    return {} if shape is None else _Form(form, ec2).structure(shape, "")


class _Form:
    def __init__(self, form: Mapping[str, str], ec2: bool) -> None:
        self._form = form
        self._ec2 = ec2

    def structure(self, shape: Any, prefix: str) -> dict[str, Any]:
        values = {}
        for name, member in shape.members.items():
            value = self._value(member, f"{prefix}{self._name(name, member)}")
            if value is not None:
                values[name] = value
        return values

    def _name(self, name: str, member: Any) -> str:
        given = member.serialization
        if not self._ec2:
            return str(given.get("name", name))
        if "queryName" in given:
            return str(given["queryName"])
        wire = str(given.get("name", name))
        return wire[0].upper() + wire[1:]

    def _value(self, shape: Any, name: str) -> Any:
        if shape.type_name == "structure":
            return self.structure(shape, f"{name}.") if self._below(name) else None
        if shape.type_name == "list":
            return self._list(shape, name)
        if shape.type_name == "map":
            return self._map(shape, name)
        return scalar(shape, self._form[name]) if name in self._form else None

    def _list(self, shape: Any, name: str) -> list[Any] | None:
        prefixes = [name] if self._ec2 else self._prefixes(shape, name)
        for prefix in prefixes:
            found: list[Any] = []
            while True:
                value = self._value(shape.member, f"{prefix}.{len(found) + 1}")
                if value is None:
                    break
                found.append(value)
            if found:
                return found
        return None

    def _prefixes(self, shape: Any, name: str) -> list[str]:
        """A flattened list of named members takes the members' name in place of its own."""
        member = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):
            return [".".join([*name.split(".")[:-1], member])] if member else [name]
        return [f"{name}.{member or 'member'}"]

    def _map(self, shape: Any, name: str) -> dict[str, Any] | None:
        base = name if shape.serialization.get("flattened") else f"{name}.entry"
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        found: dict[str, Any] = {}
        while f"{base}.{len(found) + 1}.{key}" in self._form:
            at = f"{base}.{len(found) + 1}"
            found[self._form[f"{at}.{key}"]] = self._value(shape.value, f"{at}.{value}")
        return found or None

    def _below(self, name: str) -> bool:
        return any(k.startswith(f"{name}.") for k in self._form)


def from_xml(shape: Shape, body: bytes) -> Any:
    """A structure's XML; what isn't XML gives nothing."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # of a function of ours, on loopback
    except ElementTree.ParseError:
        return None
    return _element(shape, root)


def _element(shape: Any, node: ElementTree.Element) -> Any:
    if shape.type_name == "structure":
        return _structure(shape, node)
    if shape.type_name == "list":
        return [_element(shape.member, child) for child in node]
    if shape.type_name == "map":
        return {str(e[0].text): _element(shape.value, e[1]) for e in node if len(e) > 1}
    return scalar(shape, node.text or "")


def _structure(shape: Any, node: ElementTree.Element) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, member in shape.members.items():
        given = member.serialization
        wire = given.get("name", name)
        if given.get("xmlAttribute"):
            text = node.get(wire.split(":")[-1])
            if text is not None:
                values[name] = text
        elif member.type_name == "list" and given.get("flattened"):
            wire = member.member.serialization.get("name", wire)
            found = [_element(member.member, c) for c in node if _tag(c) == wire]
            if found:
                values[name] = found
        else:
            child = next((c for c in node if _tag(c) == wire), None)
            if child is not None:
                values[name] = _element(member, child)
    return values


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def jsonvalue(text: str) -> Json:
    """A header's JSON, in base64."""
    try:
        return json.loads(base64.b64decode(text))
    except (ValueError, binascii.Error):
        return text

"""AppSync's scalars, which it checks on the way in and on the way out.

https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    GraphQLScalarType,
    StringValueNode,
    ValueNode,
    value_from_ast_untyped,
)

from harness.sdl import jsontext

_OFFSET = r"(?:Z|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)"
_DATE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}}){_OFFSET}?")
_TIME = re.compile(rf"(\d{{2}}:\d{{2}}(?::\d{{2}})?)(?:\.\d{{1,9}})?{_OFFSET}?")
_DATETIME = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})T(\d{{2}}:\d{{2}}(?::\d{{2}})?)(?:\.\d{{1,9}})?{_OFFSET}"
)
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?")
_PHONE = re.compile(r"\+?\d[\d\s-]{1,24}\d")


class NoScalar(ValueError):
    """The value isn't what the scalar stands for."""


def _text(known: Callable[[str], bool]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, str) or not known(value):
            raise NoScalar
        return value

    return check


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    return found is not None and _parses(lambda: date.fromisoformat(found[1]))


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    return found is not None and _parses(lambda: time.fromisoformat(found[1]))


def _is_datetime(text: str) -> bool:
    found = _DATETIME.fullmatch(text)
    return (
        found is not None
        and _parses(lambda: date.fromisoformat(found[1]))
        and _parses(lambda: time.fromisoformat(found[2]))
    )


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None and ".." not in text


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    if re.search(r"\s", text) or not _parses(lambda: urlsplit(text).port):
        return False
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path))


def _is_address(text: str) -> bool:
    return _parses(lambda: ipaddress.ip_interface(text))


def _parses(parse: Callable[[], object]) -> bool:
    try:
        parse()
    except ValueError:
        return False
    return True


def _timestamp(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NoScalar
    return value


def _json_in(value: Any) -> Any:
    """Resolvers get what the text says, not the text."""
    if not isinstance(value, str):
        raise NoScalar
    try:
        return jsontext.loads(value)
    except ValueError:
        raise NoScalar from None


def _json_out(value: Any) -> str:
    return jsontext.dumps(value)


_CHECKS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "AWSDate": (_text(_is_date), _text(_is_date)),
    "AWSTime": (_text(_is_time), _text(_is_time)),
    "AWSDateTime": (_text(_is_datetime), _text(_is_datetime)),
    "AWSTimestamp": (_timestamp, _timestamp),
    "AWSEmail": (_text(_is_email), _text(_is_email)),
    "AWSJSON": (_json_in, _json_out),
    "AWSPhone": (_text(_is_phone), _text(_is_phone)),
    "AWSURL": (_text(_is_url), _text(_is_url)),
    "AWSIPAddress": (_text(_is_address), _text(_is_address)),
}
NAMES = tuple(_CHECKS)


def give_behaviour(scalar: GraphQLScalarType) -> None:
    """Make a scalar that only has a name do what AppSync's does."""
    name = scalar.name
    parse, serialize = _CHECKS[name]

    def outward(value: Any) -> Any:
        try:
            return serialize(value)
        except NoScalar:
            raise NoScalar(f"Unable to serialize `{value}` as a valid {name[3:]} Object.") from None

    def inward(value: Any) -> Any:
        try:
            return parse(value)
        except NoScalar:
            raise NoScalar(f"Unable to parse `{value}` as a valid {name[3:]} Object.") from None

    def literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        return inward(
            node.value if isinstance(node, StringValueNode) else value_from_ast_untyped(node)
        )

    scalar.serialize = scalar.coerce_output_value = outward  # type: ignore[method-assign]
    scalar.parse_value = scalar.coerce_input_value = inward  # type: ignore[method-assign]
    scalar.parse_literal = literal  # type: ignore[method-assign]

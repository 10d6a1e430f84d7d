"""A request as it is sent and the answer to it, the same for every way of making them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from harness.engine.contract.breaches import Seen
from harness.model import Exchange, Json

_LONGEST = 2000
_SECRET = frozenset({"authorization", "x-api-key", "cookie"})
# Sent by every HTTP library; they tell a reader nothing.
_DULL = frozenset(
    {
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "x-schemathesis-testcaseid",
    }
)


@dataclass(frozen=True)
class Sent:
    """A request, its credentials kept out of what people read."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    body: bytes | None
    identity: str
    """Who sent it, by name."""
    secret: frozenset[str] = frozenset()
    """Further header names that must not be shown, in small letters."""

    def __str__(self) -> str:
        who = f" as {self.identity}" if self.identity else ""
        lines = [f"{self.method} {self.target}{who}"]
        for name, value in self.headers.items():
            small = name.lower()
            if small in _DULL:
                continue
            hidden = small in _SECRET or small in self.secret
            lines.append(f"{name}: {'…' if hidden else _cut(value)}")
        return "\n".join([*lines, *_body_lines(self.body)])

    @property
    def garbled(self) -> bool:
        """Whether its content type promises parts that it can't have: multipart, no boundary."""
        said = next((v for n, v in self.headers.items() if n.lower() == "content-type"), "").lower()
        return said.strip().startswith("multipart/") and "boundary=" not in said


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    seen: Seen = field(compare=False, repr=False)
    garbled: bool = False
    """The request was: a gateway that takes it apart may refuse it."""

    @property
    def media_type(self) -> str:
        """Without parameters, in small letters; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Json:
        """The body as JSON; None when it isn't."""
        try:
            return json.loads(self.body)
        except (ValueError, UnicodeDecodeError):
            return None

    @property
    def gateway_made(self) -> bool:
        """Whether API Gateway answered by itself, without asking a function."""
        return "x-amzn-errortype" in self.headers


def shown(
    sent: Sent, status: int, headers: Mapping[str, str], body: bytes, seconds: float
) -> Exchange:
    """The exchange as people read it."""
    lines = [f"HTTP {status}"]
    lines += [
        f"{k}: {_cut(v)}" for k, v in headers.items() if k not in ("date", "server", "connection")
    ]
    return Exchange(
        request=str(sent), response="\n".join([*lines, *_body_lines(body)]), status=status,
        seconds=round(seconds, 3),
    )  # fmt: skip


def _body_lines(body: bytes | None) -> list[str]:
    if not body:
        return []
    try:
        return ["", _cut(body.decode())]
    except UnicodeDecodeError:
        return ["", f"<{len(body)} bytes>"]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def key_in(keys: tuple[str, ...], *places: Any) -> str | None:
    """The first identifying field's value in these JSON values, looked for from the top."""
    for place in places:
        if isinstance(place, Mapping):
            for name in keys:
                if isinstance(place.get(name), str):
                    return str(place[name])
    return None

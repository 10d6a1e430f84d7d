"""HTTP messages as the wire holds them: a request to pass on, an answer to give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade", b"expect")
)
"""Headers that are about one connection, and so never passed on."""
FRAMING = frozenset((b"content-length", b"transfer-encoding"))

Headers = list[tuple[bytes, bytes]]


@dataclass
class Request:
    """What a function asks."""

    method: bytes = b""
    target: bytes = b""
    headers: Headers = field(default_factory=list)
    """Names in lower case, in order."""
    body: bytearray = field(default_factory=bytearray)
    """All of it; of a streamed one, what came before its streaming began."""
    streamed: bool = False
    keep_alive: bool = True

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """Headers for reading."""
        return {k.decode("latin-1"): v.decode("latin-1") for k, v in self.headers}

    @property
    def length(self) -> int | None:
        """What it announces; None when chunked or without a body."""
        text = self.by_name.get("content-length", "")
        return int(text) if text.isdigit() else None

    @property
    def chunked(self) -> bool:
        """Whether its length isn't announced."""
        return "chunked" in self.by_name.get("transfer-encoding", "").lower()

    def head(self) -> bytes:
        """Its head as it is passed on. A whole body is announced, however it came."""
        lines = [self.method + b" " + self.target + b" HTTP/1.1\r\n"]
        skip = HOP_BY_HOP if self.streamed else HOP_BY_HOP | FRAMING
        lines += [k + b": " + v + b"\r\n" for k, v in self.headers if k not in skip]
        if not self.streamed and (self.body or self.length is not None or self.chunked):
            lines.append(b"content-length: %d\r\n" % len(self.body))
        return b"".join(lines) + b"\r\n"


@dataclass
class Answer:
    """What is answered: by AWS, or by a fault in its place."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes | bytearray = b""
    raw: list[bytes] = field(default_factory=list)
    """As it came, where it may be passed on as it is."""
    keep_alive: bool = True
    whole: bool = True
    """False when the connection ended within it."""

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """Headers for reading."""
        return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in self.headers}

    def encoded(self, *, head_only: bool = False) -> bytes:
        """As bytes, its body announced."""
        return encode(self.status, self.headers, self.body, head_only=head_only)

    def with_body(self, body: bytes) -> "Answer":
        """The same with another body; what vouched for the old one (``x-amz-crc32``) goes."""
        vouching = (b"x-amz-crc32", b"content-encoding", b"etag", b"x-amz-checksum-crc32")
        headers = [(k, v) for k, v in self.headers if k.lower() not in vouching]
        return Answer(self.status, headers, body)


def encode(
    status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes | bytearray, *,
    head_only: bool = False,
) -> bytes:  # fmt: skip
    """An answer as bytes; of a HEAD request's, the length is announced and the body is kept."""
    lines = [b"HTTP/1.1 %d %s\r\n" % (status, _phrase(status))]
    lines += [
        k + b": " + v + b"\r\n"
        for k, v in headers
        if k.lower() not in FRAMING and k.lower() not in HOP_BY_HOP
    ]
    lines.append(b"content-length: %d\r\n\r\n" % len(body))
    return b"".join(lines) + (b"" if head_only else bytes(body))


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"Status"

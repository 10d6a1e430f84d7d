"""A server that keeps what it was asked and answers what a test tells it to."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from harness.model import Json


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Server:
    """``answer`` is an aiohttp handler."""

    url: str = ""
    status: int = 200
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    resets: bool = False
    got: list[Asked] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.got.append(
            Asked(
                request.method, request.raw_path.partition("?")[0], dict(request.query),
                request.headers, body,
            )
        )  # fmt: skip
        if self.silent:
            await asyncio.sleep(5)
        if self.resets and request.transport is not None:
            request.transport.abort()
        given = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return web.Response(status=self.status, body=given, headers=dict(self.headers))

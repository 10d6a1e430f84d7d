"""A small service that keeps its contract, and breaks it in one way for each planted defect."""

import asyncio
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

TOKENS = {
    "token-alice": "alice",
    "token-bob": "bob",
    "token-larry": "larry",
    "token-carol": "carol",
    "token-alice-2": "alice",
}
KEYS = {"key-of-alice-7f3a91": "alice", "key-of-bob-0c24be": "bob"}
SECRET = b"between-us"
LIMITS = {"larry": 4}
WINDOW = 2

DEFECTS = (
    "server error at the longest title",
    "undocumented status",
    "body off its schema",
    "another's note is readable",
    "another's note can be struck",
    "list shows everybody's notes",
    "plain errors",
    "expired tokens pass",
    "limit lets one more in",
    "repeat writes again",
    "key taken for another body",
    "unsigned events pass",
    "huge bodies pass",
    "any media type passes",
    "invalid stars pass",
    "the gateway refuses in its own words",
    "the gateway takes bodies apart",
    "another's read changes the stars",
    "lists never come",
    "any key passes",
    "no key is needed",
    "stock takes the key alone",
)


PARTS = "multipart/form-data"


def sign(body: bytes) -> str:
    return hmac.new(SECRET, body, "sha512").hexdigest()


class Refused(Exception):
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers or {}


class Notes:
    def __init__(self, defects: Collection[str] = (), moving: int = 0) -> None:
        unknown = set(defects) - set(DEFECTS)
        assert not unknown, unknown
        self.defects = frozenset(defects)
        self.moving, self.reads = moving, 0
        self.notes: dict[str, dict[str, Any]] = {}
        self.keys: dict[tuple[str, str], tuple[str, str]] = {}
        self.windows: dict[tuple[str, str, int], int] = {}

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10**6)
        app.router.add_post("/notes", self.guarded(self.write))
        app.router.add_get("/notes", self.guarded(self.list))
        app.router.add_get("/notes/{noteId}", self.guarded(self.read))
        app.router.add_delete("/notes/{noteId}", self.guarded(self.strike))
        app.router.add_post("/hook", self.guarded(self.hook))
        app.router.add_get("/health", self.guarded(self.health))
        app.router.add_get("/prices", self.guarded(self.prices))
        app.router.add_get("/stock", self.guarded(self.stock))
        app.router.add_get("/news", self.guarded(self.news))
        return app

    def guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except Refused as refused:
                said = request.headers.get("Content-Type", "")
                if "the gateway takes bodies apart" in self.defects and said == PARTS:
                    return web.Response(status=400)
                if (
                    "the gateway refuses in its own words" in self.defects
                    and refused.status == 401
                    and request.path != "/hook"
                ):
                    return web.json_response(
                        {"message": "Unauthorized"}, status=401,
                        headers={"x-amzn-ErrorType": "UnauthorizedException"},
                    )  # fmt: skip
                if "plain errors" in self.defects:
                    return web.Response(status=refused.status, text="no", headers=refused.headers)
                problem = {"type": "about:blank", "title": "Refused", "status": refused.status}
                return web.Response(
                    status=refused.status, body=json.dumps(problem), headers=refused.headers,
                    content_type="application/problem+json",
                )  # fmt: skip

        return handle

    def user(self, request: web.Request) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token == "token-expired" and "expired tokens pass" in self.defects:
            return "alice"
        if token not in TOKENS:
            raise Refused(401)
        return TOKENS[token]

    def limited(self, user: str, operation: str) -> dict[str, str]:
        limit = LIMITS.get(user, 100_000)
        window = int(time.time() // WINDOW)
        key = (user, operation, window)
        self.windows[key] = self.windows.get(key, 0) + 1
        extra = 1 if "limit lets one more in" in self.defects else 0
        over = self.windows[key] > limit + extra
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - self.windows[key])),
            "X-RateLimit-Reset": str((window + 1) * WINDOW),
        }
        if over:
            raise Refused(429, {**headers, "Retry-After": "1"})
        return headers

    async def write(self, request: web.Request) -> web.Response:
        user = self.user(request)
        headers = self.limited(user, "write")
        raw = await request.read()
        if len(raw) > 1024 and "huge bodies pass" not in self.defects:
            raise Refused(413, headers)
        declared = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if declared != "application/json" and "any media type passes" not in self.defects:
            raise Refused(415, headers)
        key = request.headers.get("Idempotency-Key", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key):
            raise Refused(400, headers)
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refused(400, headers) from None
        if not self.valid(body):
            raise Refused(422, headers)
        if len(body["title"]) == 80 and "server error at the longest title" in self.defects:
            return web.Response(status=500, text="Traceback: title too long")
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        known = self.keys.get((user, key))
        if known and known[1] != digest and "key taken for another body" not in self.defects:
            raise Refused(422, headers)
        note = hashlib.md5(f"{user}{key}".encode()).hexdigest()  # noqa: S324
        if known and "repeat writes again" in self.defects:
            note = hashlib.md5(f"{user}{key}{len(self.notes)}".encode()).hexdigest()  # noqa: S324
        self.keys[user, key] = (note, digest)
        self.notes[note] = {"noteId": note, "owner": user, **body}
        status = 203 if "undocumented status" in self.defects and body["stars"] == 5 else 201
        return self.json(status, note, {**headers, "Location": f"/notes/{note}"})

    def valid(self, body: Any) -> bool:
        if not isinstance(body, dict) or set(body) != {"title", "stars"}:
            return False
        title, stars = body["title"], body["stars"]
        good = isinstance(title, str) and bool(re.fullmatch(r"[ -~]{1,80}", title))
        if isinstance(stars, float) and stars.is_integer():
            stars = body["stars"] = int(stars)
        integer = isinstance(stars, int) and not isinstance(stars, bool)
        return good and integer and (1 <= stars <= 5 or "invalid stars pass" in self.defects)

    def json(self, status: int, note: str, headers: dict[str, str] | None = None) -> web.Response:
        shown = {k: v for k, v in self.notes[note].items() if k != "owner"}
        if "body off its schema" in self.defects:
            shown["stars"] = "many"
        return web.json_response(shown, status=status, headers=headers)

    def own(self, request: web.Request, defect: str) -> str:
        user, note = self.user(request), request.match_info["noteId"]
        known = self.notes.get(note)
        if known is None or (known["owner"] != user and defect not in self.defects):
            if known is not None and "another's read changes the stars" in self.defects:
                known["stars"] = known["stars"] % 5 + 1
            raise Refused(404)
        self.reads += 1
        if self.reads == self.moving:  # by itself, as an order does while it is worked on
            known["stars"] = known["stars"] % 5 + 1
        return note

    async def read(self, request: web.Request) -> web.Response:
        return self.json(200, self.own(request, "another's note is readable"))

    async def strike(self, request: web.Request) -> web.Response:
        del self.notes[self.own(request, "another's note can be struck")]
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        user = self.user(request)
        headers = self.limited(user, "list")
        if "lists never come" in self.defects:
            await asyncio.sleep(2)
        given = request.query.getall("limit", ["20"])
        if len(given) != 1 or not re.fullmatch(r"[1-9][0-9]?", given[0]) or int(given[0]) > 50:
            raise Refused(400, headers)
        everybody = "list shows everybody's notes" in self.defects
        mine = [n for n in self.notes.values() if everybody or n["owner"] == user]
        shown = [{k: v for k, v in n.items() if k != "owner"} for n in mine]
        return web.json_response({"notes": shown[::-1][: int(given[0])]}, headers=headers)

    async def hook(self, request: web.Request) -> web.Response:
        raw = await request.read()
        right = sign(raw)
        given = request.headers.get("x-signature", "").encode()
        if not hmac.compare_digest(right.encode(), given) and (
            "unsigned events pass" not in self.defects
        ):
            raise Refused(401)
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refused(400) from None
        event = body.get("event") if isinstance(body, dict) else None
        if not isinstance(event, str) or not re.fullmatch("[a-z]{1,20}", event):
            raise Refused(400)
        return web.Response()

    def key(self, request: web.Request) -> None:
        key = request.headers.get("X-Shop-Key", "")
        if key not in KEYS:
            passes = "any key passes" if key else "no key is needed"
            if passes not in self.defects:
                raise Refused(403)

    async def prices(self, request: web.Request) -> web.Response:
        self.key(request)
        return web.json_response({"shown": True})

    async def stock(self, request: web.Request) -> web.Response:
        if "stock takes the key alone" not in self.defects:
            self.user(request)
        return await self.prices(request)

    async def news(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.user(request)
            return web.json_response({"shown": True})
        return await self.prices(request)

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})


@contextmanager
def serving(*defects: str, moving: int = 0) -> Iterator[str]:
    """The service on a free loopback port; gives its base URL."""
    with serving_notes(Notes(defects, moving)) as url:
        yield url


@contextmanager
def serving_notes(notes: Notes) -> Iterator[str]:
    """These notes on a free loopback port; gives the base URL."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(notes.app(), access_log=None, shutdown_timeout=0.1)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()

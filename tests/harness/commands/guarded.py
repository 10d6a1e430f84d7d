"""AWS as a customer's credentials find it: nothing of an emulator's own, and nothing may change."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from harness.model.operations import reads

_HOP = {"connection", "transfer-encoding", "content-length", "host"}
_READS_TOO = ("FilterLogEvents",)


@dataclass
class Guard:
    """What was asked of it, and what it refused."""

    url: str = ""
    allowed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def guarded(upstream: str) -> Iterator[Guard]:
    """Passes reads on to an emulator, and answers 403 to whatever else is asked for."""
    guard, host = Guard(), urlsplit(upstream).netloc

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            name = _asked(self.command, self.path, dict(self.headers.items()), body)
            if name is None or not (reads(name) or name in _READS_TOO):
                guard.refused.append(name or f"{self.command} {self.path}")
                denied = json.dumps({"__type": "AccessDeniedException", "message": "no"}).encode()
                self._answer(403, [("Content-Type", "application/x-amz-json-1.1")], denied)
                return
            guard.allowed.append(name)
            onward = http.client.HTTPConnection(host, timeout=60)
            headers = {n: v for n, v in self.headers.items() if n.lower() not in _HOP}
            onward.request(self.command, self.path, body, {**headers, "Host": host})
            answer = onward.getresponse()
            kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in _HOP]
            self._answer(answer.status, kept, answer.read())
            onward.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _any

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    guard.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield guard
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def _asked(method: str, path: str, headers: dict[str, str], body: bytes) -> str | None:
    """The operation, as AWS's protocols tell it; None for what is none of AWS's."""
    if path.startswith("/_"):
        return None
    target = next((v for n, v in headers.items() if n.lower() == "x-amz-target"), "")
    if target:
        return target.rpartition(".")[2]
    action = parse_qs(body.decode("utf-8", "replace")).get("Action")
    if action:
        return action[0]
    return f"Get {path}" if method in ("GET", "HEAD") else None

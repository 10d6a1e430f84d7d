"""The Lambda Runtime API for one execution environment, on a loopback port of its own.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import contextlib
import socket
import threading
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler
from queue import SimpleQueue

LONGEST_ANSWER = 6 * 1024 * 1024 + 100
"""Bytes of a synchronous answer: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
(6 MB; AWS's own emulator allows the 100 for the envelope)."""
_VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """One event for the function."""

    request: str
    payload: bytes
    arn: str
    trace: str
    deadline: int
    """Milliseconds since the epoch."""


class Said(Enum):
    """What the function's process lets us know."""

    READY = "asked for the next event"
    ANSWER = "answered"
    ERROR = "the handler raised"
    INIT_ERROR = "could not be loaded"
    TOO_LONG = "answered more than may be sent"
    GONE = "the process ended"


@dataclass(frozen=True)
class Word:
    """Something said, with its body."""

    said: Said
    request: str = ""
    body: bytes = b""


class RuntimeApi:
    """Serves one process; what it says is put into ``words``."""

    def __init__(self, words: "SimpleQueue[Word]") -> None:
        self.words = words
        self.events: SimpleQueue[Invocation | None] = SimpleQueue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()[:2]
        self.address = f"{host}:{port}"
        self._connections: set[socket.socket] = set()
        threading.Thread(target=self._accept, name=f"runtime api {port}", daemon=True).start()

    def close(self) -> None:
        """Stop listening and hang up on the process. Harmless when done already."""
        self.events.put(None)
        for open_socket in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, address = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(peer, address), daemon=True).start()

    def _serve(self, peer: socket.socket, address: object) -> None:
        # With Nagle's algorithm on, each answer would wait 40 ms for the client's delayed ACK.
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.add(peer)
        try:
            _Handler(peer, address, self)  # type: ignore[arg-type]  # it wants a server to keep
        except OSError:
            pass  # the process went away in the middle of something
        finally:
            self._connections.discard(peer)
            peer.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of the process."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body leave in one piece."""
    server: RuntimeApi  # type: ignore[assignment]  # it only hands us on

    def do_GET(self) -> None:
        """``/invocation/next``: blocks until there is an event."""
        if self.path != f"{_VERSION}/invocation/next":
            self._answer(404)
            return
        self.server.words.put(Word(Said.READY))
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": event.request,
            "Lambda-Runtime-Deadline-Ms": str(event.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": event.arn,
            "Lambda-Runtime-Trace-Id": event.trace,
        }
        self._answer(200, event.payload, headers)

    def do_POST(self) -> None:
        """``/invocation/ID/response``, ``/invocation/ID/error`` and ``/init/error``."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.removeprefix(_VERSION).split("/"):
            case ["", "invocation", request, "response"] if len(body) > LONGEST_ANSWER:
                self.server.words.put(Word(Said.TOO_LONG, request, str(len(body)).encode()))
                self._answer(413)
            case ["", "invocation", request, "response"]:
                self._take(Word(Said.ANSWER, request, body))
            case ["", "invocation", request, "error"]:
                self._take(Word(Said.ERROR, request, body))
            case ["", "init", "error"]:
                self._take(Word(Said.INIT_ERROR, body=body))
            case _:
                self._answer(404)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it would mix with LocalStack's log."""

    def _take(self, word: Word) -> None:
        self.server.words.put(word)
        self._answer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

"""Locust's end of the line to ``stageproof load``: what is asked and answered is told there, so
that it stands in the same history as everything else.

A message is a JSON object on a line of its own. Runs under gevent; imports nothing of the harness,
so that Locust's process stays small.
"""

import json
import os
import socket
from collections.abc import Mapping
from itertools import count
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.lock import Semaphore

VARIABLE = "STAGEPROOF_LOAD"
"""Of the environment: the socket's path."""


class LineLost(Exception):
    """Nobody is at the other end any more."""


class ErrandFailed(Exception):
    """What a customer wanted of somebody beside the stage didn't work; the message says why."""


class Line:
    """The connection of this process; used by all its customers."""

    def __init__(self) -> None:
        path = os.environ.get(VARIABLE)
        if path is None:
            raise SystemExit("These users are run by: stageproof load (see --help there).")
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._waiting: dict[int, AsyncResult[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._writing = Semaphore()
        gevent.spawn(self._read)
        self.plan: Mapping[str, Any] = self._wait({"do": "hello"})["plan"]
        """Customers, work, operations and addresses, as ``harness.load.desk`` gives them."""

    def asks(self, asked: Mapping[str, Any]) -> tuple[int, str]:
        """A request is about to be sent. Gives its number for ``answered``, and the correlation id
        that it carries. Waits until it stands in the history: what it brings about comes later."""
        number = next(self._numbers)
        answer = self._wait({"do": "ask", **asked}, number)
        return number, str(answer["correlation"])

    def answered(self, number: int, answer: Mapping[str, Any]) -> None:
        """Its answer has come, or never will."""
        self._write({"do": "answer", "id": number, **answer})

    def errand(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Have something done beside the stage, such as a payment at a provider.

        Raises:
            ErrandFailed: it went wrong.
        """
        answer = self._wait({"do": "errand", "name": name, "arguments": dict(arguments)})
        if answer.get("error"):
            raise ErrandFailed(str(answer["error"]))
        return answer.get("result")

    def says(self, kind: str, text: str = "") -> None:
        """Something of a customer's journey: ``ended``, or ``complaint`` with its words."""
        self._write({"do": "say", "kind": kind, "text": text})

    def _wait(self, message: Mapping[str, Any], number: int | None = None) -> Mapping[str, Any]:
        number = next(self._numbers) if number is None else number
        result: AsyncResult[dict[str, Any]] = AsyncResult()
        self._waiting[number] = result
        self._write({**message, "id": number})
        return result.get() or {}

    def _write(self, message: Mapping[str, Any]) -> None:
        with self._writing:  # a greenlet may be switched away in the middle of a long one
            try:
                self._socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError as error:
                raise LineLost(str(error)) from None

    def _read(self) -> None:
        file = self._socket.makefile("rb")
        for line in file:
            answer = json.loads(line)
            self._waiting.pop(answer["id"]).set(answer)
        os._exit(2)  # whom we tell is gone: nobody would see what else we do to the stage

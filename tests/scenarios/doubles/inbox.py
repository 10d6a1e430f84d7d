"""What the doubles of these tests send to, and what they are called by."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from harness.doubles import Double, Host, Reply, Request, Route
from harness.faults import Menu

KEY = "sk_test_1"
NOW = 1_790_000_000.0

Api = Callable[..., Any]


class Inbox(Double):
    """An application's webhook: keeps what it gets, answers what it is told to."""

    name: ClassVar[str] = "application"
    menu: ClassVar[Menu] = Menu("application", ())

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.got: list[Request] = []
        self.answers: list[int] = []

    def routes(self) -> Sequence[Route]:
        return (Route("POST", "/hook", "hook", self._hook),)

    def error(self, status: int, code: str | None = None) -> Reply:
        return Reply(status)

    def _hook(self, request: Request) -> Reply:
        self.got.append(request)
        return Reply(self.answers.pop(0) if self.answers else 200)

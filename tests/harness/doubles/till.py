"""A double of a till; each sale is an effect."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import urllib3

from harness.doubles import Double, Host, Reply, Request, Route
from harness.faults import Menu
from harness.model import Json

Sell = Callable[..., urllib3.BaseHTTPResponse]


class Till(Double):
    """Counts what was sold; each sale is an effect."""

    name: ClassVar[str] = "till"
    menu: ClassVar[Menu] = Menu("till", ())

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.sold = 0

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/sales/{order}", "sell", self._sell),
            Route("POST", "/mistakes", "mistake", self._mistake),
        )

    def error(self, status: int, code: str | None = None) -> Reply:
        return Reply(status, {"trouble": code or str(status)}, {"X-Till": "sorry"})

    def key(self, request: Request) -> str | None:
        return request.parameters.get("order")

    def summary(self, request: Request) -> Mapping[str, Json]:
        return {"body": request.json()}

    def _sell(self, request: Request) -> Reply:
        if request.act("decline"):
            return self.error(402, "declined")
        self.sold += 1
        return Reply(201, {"sold": self.sold})

    def _mistake(self, _: Request) -> Reply:
        raise RuntimeError("a mistake in the double")

"""What an application's locustfile is made of: customers that call operations by name.

::

    from harness.load.users import Customer, task

    class Shopper(Customer):
        @task
        def journey(self):
            wish = self.next_wish()          # no more of them: this customer is done
            answer = self.call("submitOrder", body={"text": wish["text"]})
            ...
            self.ended()

Runs in Locust's process; see ``harness.load``.
"""

import json as _json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import gevent
from locust import constant, events, task
from locust.contrib.fasthttp import FastHttpUser
from locust.env import Environment
from locust.exception import StopUser

from harness.load.line import ErrandFailed, Line

__all__ = ["Answer", "Customer", "ErrandFailed", "task"]

_LOOK = 0.2
"""Seconds between two looks whether every customer is done."""
_NEVER_AGAIN = 0.05
"""Seconds in which the last words are sent."""


@dataclass(frozen=True)
class Answer:
    """What the stage said; a status of None means that no answer came."""

    status: int | None
    headers: Mapping[str, str]
    """By lower-case names."""
    body: Any
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status is not None and self.status < 400

    @property
    def failed(self) -> bool:
        """Whether the stage, or the way to it, failed: who asked may well ask again."""
        return self.status is None or self.status >= 500

    @property
    def wait(self) -> float:
        """Seconds that a refusal asks to wait."""
        with suppress(ValueError):
            return float(self.headers.get("retry-after", 0))
        return 0.0


@dataclass
class _Run:
    """What all customers of this process share."""

    line: Line
    wishes: deque[Any]
    customers: Iterator[Mapping[str, Any]]
    active: int = 0
    began: bool = False


_runs: list[_Run] = []


class Customer(FastHttpUser):
    """One customer, with an identity and an address of its own."""

    abstract = True
    wait_time = constant(0)
    network_timeout = 30.0
    max_retries = 0  # a repeat is the customer's own, and in the history

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._run = _runs[0]
        self.me: Mapping[str, Any] = next(self._run.customers)
        """Who it is, as the application's ``prepare`` made it."""

    def on_start(self) -> None:
        """Counted, so that the run ends with the last one."""
        self._run.active += 1
        self._run.began = True

    def on_stop(self) -> None:
        """No longer."""
        self._run.active -= 1

    def next_wish(self) -> Any:
        """The next piece of work, whoever's turn it is; ends this customer when there is none."""
        if not self._run.wishes:
            raise StopUser
        return self._run.wishes.popleft()

    @property
    def wishes_left(self) -> bool:
        """Whether others still have something to begin: who only looks goes home with them."""
        return bool(self._run.wishes)

    def ended(self) -> None:
        """A journey came to its end, as far as its customer can tell."""
        self._run.line.says("ended")

    def complains(self, text: str) -> None:
        """A journey went wrong, in words; it is told with the errors."""
        self._run.line.says("complaint", text)

    def errand(self, name: str, **arguments: Any) -> Any:
        """Have something done beside the stage, as the application's ``prepare`` offers it.

        Raises:
            ErrandFailed: it went wrong.
        """
        return self._run.line.errand(name, arguments)

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Answer:
        """Ask for an operation of the contract by its id, as this customer."""
        plan, line = self._run.line.plan, self._run.line
        method, template = plan["operations"][operation]
        asked = {k: v for k, v in (query or {}).items() if v is not None}
        number, correlation = line.asks(
            {
                "operation": operation,
                "who": self.me["name"],
                "path": dict(path or {}),
                "query": asked,
                "headers": dict(headers or {}),
                "body": body,
            }
        )
        url = plan["base_url"] + _filled(template, path or {})
        proof = self._proof(plan["keys"][operation])
        mark = {plan["correlation_header"]: correlation, "X-Forwarded-For": self.me["address"]}
        sent = {**mark, **proof, **(headers or {})}
        answer, seconds = self._send(method, url, template, asked, sent, body)
        told = {"status": answer.status, "seconds": seconds, "headers": dict(answer.headers)}
        line.answered(number, {**told, "body": answer.body, "error": answer.error})
        return answer

    def _proof(self, keys: Iterable[str]) -> dict[str, str]:
        """Who this is: a token, and an API key in each header that the operation asks for one."""
        token, key = self.me["token"], self.me["api_key"]
        proof = {} if key is None else dict.fromkeys(keys, str(key))
        return proof if token is None else {"Authorization": f"Bearer {token}", **proof}

    def _send(
        self, method: str, url: str, name: str, query: Mapping[str, Any],
        headers: Mapping[str, str], body: Any,
    ) -> tuple[Answer, float]:  # fmt: skip
        data = None if body is None else _json.dumps(body)
        given = dict(headers) if data is None else {"Content-Type": "application/json", **headers}
        start = monotonic()
        got: Any = self.client.request(
            method, f"{url}?{urlencode(query)}" if query else url, name=name, data=data,
            headers=given, allow_redirects=False,
        )  # fmt: skip
        seconds = monotonic() - start
        if not got.status_code:
            return Answer(None, {}, None, _why(got.error)), seconds
        kept = {str(k).lower(): str(v) for k, v in got.headers.items()}
        return Answer(got.status_code, kept, _parsed(got.text)), seconds


def _why(error: BaseException) -> str:
    """What kept the answer away, not what Locust's client made of it."""
    cause = getattr(error, "original", None) or error
    return f"{type(cause).__name__}: {cause}"


def _filled(template: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", quote(str(value), safe=""))
    return template


def _parsed(text: str | None) -> Any:
    try:
        return _json.loads(text or "null")
    except ValueError:
        return text


@events.init.add_listener  # type: ignore[untyped-decorator]
def _connect(environment: Environment, **_: Any) -> None:
    line = Line()
    plan = line.plan
    _runs.append(_Run(line, deque(plan["wishes"]), _round(plan["customers"])))


def _round(customers: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """One after the other; who restarts the run in Locust's page meets the same people again."""
    everyone = list(customers)
    while True:
        yield from everyone


@events.user_error.add_listener  # type: ignore[untyped-decorator]
def _tell(user_instance: Customer, exception: BaseException, **_: Any) -> None:
    """A mistake of the application's users: told as what it is, not only in Locust's page."""
    user_instance.complains(f"{type(exception).__name__}: {exception}")


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _watch(environment: Environment, **_: Any) -> None:
    gevent.spawn(_end_when_done, environment, _runs[0])


def _end_when_done(environment: Environment, run: _Run) -> None:
    while run.wishes or run.active or not run.began:
        gevent.sleep(_LOOK)
    if environment.runner is not None:
        environment.runner.quit()
    if environment.web_ui is not None:
        environment.web_ui.stop()  # type: ignore[no-untyped-call]
    gevent.sleep(_NEVER_AGAIN)

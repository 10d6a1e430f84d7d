"""The control API: LocalStack's Chaos API, with the keys that our faults have besides its own.

``chaos.yaml`` is its contract. Rules are in force until they are removed; each change answers with
all that are.
"""

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from harness.faults import ANY, FaultBox, RuleError, from_rule, to_rules
from harness.model import Action, Fault, Json, Plan, Point
from harness.wire.checking import Checks
from harness.wire.errors import Contradiction, WireError
from harness.wire.messages import Answer, Request

PREFIX = b"/_localstack/chaos/"
_LARGEST = 256 * 1024
_MOST_SECONDS = 600
_MOST_RULES = 200


class Refused(Exception):
    """The request is wrong: its status, what is wrong, and what to do."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


class Control:
    """Reads and changes the faults in force. Its rules are its own: a case's plan isn't shown."""

    def __init__(self, faults: FaultBox) -> None:
        self._faults = faults
        self._rules: list[Fault] = []
        self._effects: dict[str, float] = {}
        self.checks: Checks | None = None

    def answer(self, request: Request) -> Answer:
        """Do what was asked; a mistake in it is told as ``application/problem+json``."""
        try:
            return _json(200, self._do(request))
        except Refused as error:
            return _problem(error)
        except RuleError as error:
            return _problem(Refused(400, error.what, error.mend))

    def _do(self, request: Request) -> Json:
        path = request.target.partition(b"?")[0].decode("latin-1")
        operations = self._operations().get(path)
        if operations is None:
            raise Refused(404, f"there is no {path}", f"There are: {', '.join(self._operations())}")
        method = request.method.decode()
        if method not in operations:
            raise Refused(405, f"{path} has no {method}", f"It has: {', '.join(operations)}")
        return operations[method](request)

    def _operations(self) -> Mapping[str, Mapping[str, Callable[[Request], Json]]]:
        base = PREFIX.decode()
        return {
            f"{base}faults": {
                "GET": lambda _: self._told(), "POST": self._replace, "PATCH": self._add,
                "DELETE": self._remove,
            },
            f"{base}effects": {
                "GET": lambda _: dict(self._effects), "POST": self._affect,
                "DELETE": lambda _: self._unaffect(),
            },
            f"{base}openapi.yaml": {"GET": lambda _: contract()},
        }  # fmt: skip

    def _told(self) -> Json:
        return to_rules(Plan(faults=tuple(self._rules)))

    def _replace(self, request: Request) -> Json:
        rules = self._read(request)
        self._faults.remove(*self._rules)
        self._rules = []
        return self._inject(rules)

    def _add(self, request: Request) -> Json:
        return self._inject(self._read(request))

    def _remove(self, request: Request) -> Json:
        """Those that are named; all of them when nothing is."""
        gone = self._read(request) if request.body else list(self._rules)
        missing = [f.id for f in gone if f not in self._rules]
        if missing:
            raise Refused(404, f"not in force: {'; '.join(missing)}", "GET shows those that are.")
        self._faults.remove(*gone)
        self._rules = [f for f in self._rules if f not in gone]
        return self._told()

    def _inject(self, rules: list[Fault]) -> Json:
        for rule in rules:
            if rule not in self._rules:
                self._faults.inject(rule, stays=True)
                self._rules.append(rule)
        return self._told()

    def _affect(self, request: Request) -> Json:
        asked = _body(request)
        latency = asked.get("latency") if isinstance(asked, dict) else None
        known = isinstance(asked, dict) and set(asked) <= {"latency"}
        if not known or isinstance(latency, bool) or not isinstance(latency, int | float):
            raise Refused(400, "effects are an object with a latency in milliseconds")
        if not 0 <= latency <= _MOST_SECONDS * 1000:
            raise Refused(400, f"latency is 0 to {_MOST_SECONDS * 1000} milliseconds")
        self._unaffect()
        if latency:
            self._effects = {"latency": latency}
            self._faults.inject(_slow(latency), stays=True)
        return dict(self._effects)

    def _unaffect(self) -> Json:
        for latency in self._effects.values():
            self._faults.remove(_slow(latency))
        self._effects = {}
        return {}

    def _read(self, request: Request) -> list[Fault]:
        asked = _body(request)
        if not isinstance(asked, list):
            raise Refused(400, "the body is no list of rules", "Send a JSON array.")
        if len(asked) > _MOST_RULES:
            raise Refused(400, f"more than {_MOST_RULES} rules in one request")
        return [self._fault(number, rule) for number, rule in enumerate(asked, 1)]

    def _fault(self, number: int, rule: Json) -> Fault:
        fault = from_rule(number, _whole(rule))
        try:
            if self.checks is not None:
                self.checks.check(fault, placed="place" in rule)
        except WireError as error:
            status = 409 if isinstance(error, Contradiction) else 404
            raise Refused(status, f"fault rule {number}: {error.what}", error.mend) from None
        return fault


def contract() -> Json:
    """The API's own contract."""
    import yaml  # noqa: PLC0415  # seldom asked for

    return yaml.safe_load((files("harness.wire") / "chaos.yaml").read_text(encoding="utf-8"))


def _whole(value: Json) -> Json:
    """With 2.0 as 2: to JSON they are the same integer."""
    if isinstance(value, dict):
        return {k: _whole(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _slow(latency: float) -> Fault:
    return Fault(
        at=Point(service=ANY, operation=ANY), nth="every",
        do=Action(do="latency", seconds=latency / 1000),
    )  # fmt: skip


def _body(request: Request) -> Json:
    if request.streamed or len(request.body) > _LARGEST:
        raise Refused(413, f"the body is longer than {_LARGEST // 1024} KB")
    try:
        value: Any = json.loads(bytes(request.body))
    except ValueError:
        raise Refused(400, "the body is no JSON") from None
    return value


def _json(status: int, value: Json) -> Answer:
    return Answer(status, [(b"content-type", b"application/json")], json.dumps(value).encode())


def _problem(error: Refused) -> Answer:
    told = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    return Answer(
        error.status, [(b"content-type", b"application/problem+json")], json.dumps(told).encode()
    )

from typing import Any

from harness.model import Stage
from harness.observe import LogBook

STAGE = Stage(
    name="s", target="embedded", endpoint="http://127.0.0.1:1", region="eu-west-1",
    credentials={}, base_url="", outputs={}, parameters={}, capabilities={},
    functions={"Pay": "s-Pay-1", "Parse": "s-Parse-1"},
)  # fmt: skip
TRACE = (
    "Traceback (most recent call last):",
    '  File "/tmp/stageproof-x/ministack-lambda-s-Pay-1-y/_worker.py", line 128, in run',
    "    result = handler_fn(event, context)",
    "             ^^^^^^^^^^^^^^^^^^^^^^^^^^",
    '  File "/tmp/stageproof-x/ministack-lambda-s-Pay-1-y/code/pay.py", line 5, in handler',
    "    raise ValueError(1)",
    "ValueError: 1",
)


class Logs:
    """CloudWatch Logs, and the ``Aws`` that has it."""

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.pages = 10_000

    def client(self, service: str) -> "Logs":
        assert service == "logs"
        return self

    def say(self, function: str, request: str, at: float, *lines: str, took: float = 0.1) -> None:
        group = self.events.setdefault(f"/aws/lambda/{function}", [])
        wrapped = (
            f"START RequestId: {request} Version: 1", *lines, f"END RequestId: {request}",
            f"REPORT RequestId: {request}\tDuration: {took * 1000:.0f} ms\tBilled",
        )  # fmt: skip
        group += [
            {"logStreamName": request, "timestamp": int(at * 1000), "message": line}
            for line in wrapped
        ]

    def filter_log_events(self, logGroupName: str, startTime: int) -> dict[str, Any]:
        if logGroupName not in self.events:
            raise OSError("no such group")
        found = [e for e in self.events[logGroupName] if e["timestamp"] >= startTime]
        return {"events": found}


def _book(logs: Logs, **more: Any) -> LogBook:
    # The run began at 1000 s since the epoch.
    return LogBook(logs, STAGE, lambda: 0.0, wall=lambda: 1000.0, **more)  # type: ignore[arg-type]


def test_the_lines_of_invocations_that_mention_a_token_are_found() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001, "paying order-1")
    logs.say("s-Parse-1", "r2", 1001, "parsing order-2")
    assert _book(logs).behind(0, 9, ["order-2"]) == ("Parse: parsing order-2",)


def test_without_a_mention_those_of_the_interval_are_given() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001.0, "early", took=0.1)
    logs.say("s-Pay-1", "r2", 1005.0, "in time", took=2.0)
    assert _book(logs).behind(3.5, 4, ["nowhere"]) == ("Pay: in time",)


def test_tracebacks_come_first_and_read_as_on_aws() -> None:
    logs = Logs()
    logs.say("s-Parse-1", "r1", 1001, "order-1 parsed")
    logs.say("s-Pay-1", "r2", 1002, "order-1", *TRACE)
    assert _book(logs).behind(0, 9, ["order-1"]) == (
        "Pay: order-1",
        "Pay: Traceback (most recent call last):",
        'Pay:   File "/var/task/pay.py", line 5, in handler',
        "Pay:     raise ValueError(1)",
        "Pay: ValueError: 1",
        "Parse: order-1 parsed",
    )


def test_only_invocations_that_went_wrong_are_errors() -> None:
    logs = Logs()
    logs.say("s-Parse-1", "r1", 1001, "fine")
    logs.say("s-Pay-1", "r2", 1002, '{"level": "ERROR", "message": "declined"}')
    assert _book(logs).errors() == ("Pay: ERROR declined",)


def test_reading_again_adds_what_is_new_and_nothing_twice() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001, "one")
    book = _book(logs)
    assert len(book.invocations()) == 1
    logs.say("s-Pay-1", "r2", 1001, "two")
    assert [b.lines for b in book.invocations()] == [["one"], ["two"]]
    assert [b.lines for b in book.invocations()] == [["one"], ["two"]]


def test_what_was_logged_before_the_run_is_left_out() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "old", 900, "another run")
    assert _book(logs).invocations() == []


def test_a_long_story_is_shortened() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001, *(f"order-1 line {i}" for i in range(100)))
    lines = _book(logs).behind(0, 9, ["order-1"])
    assert len(lines) == 60
    assert lines[-1] == "… 41 more lines"


def test_environments_are_processes_or_else_cold_starts() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001, '{"cold_start": true}')
    logs.say("s-Pay-1", "r2", 1001, '{"cold_start": false}')
    logs.say("s-Pay-1", "r3", 1001, '{"cold_start": true}')
    assert _book(logs).environments() == {"Pay": 2}
    assert _book(logs, processes=lambda: {"Pay": 3, "Parse": 1}).environments() == {
        "Pay": 3,
        "Parse": 1,
    }


def test_without_logs_nothing_is_found_and_nothing_fails() -> None:
    assert _book(Logs()).behind(0, 9, ["order-1"]) == ()


def test_of_what_ran_at_the_same_time_the_errors_push_out_the_rest() -> None:
    logs = Logs()
    logs.say("s-Pay-1", "r1", 1001, "fine")
    logs.say("s-Parse-1", "r2", 1001, '{"level": "ERROR", "message": "no"}')
    assert _book(logs).behind(0, 9, []) == ("Parse: ERROR no",)


def test_of_what_ran_well_at_the_same_time_a_little_is_enough() -> None:
    logs = Logs()
    for i in range(30):
        logs.say("s-Pay-1", f"r{i}", 1001, f"fine {i}")
    assert len(_book(logs).behind(0, 9, [])) == 12

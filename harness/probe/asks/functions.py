"""Lambda."""

import json
import threading
import time
from pathlib import Path

from botocore.exceptions import ClientError

from harness.model import Capability
from harness.observe import LogBook
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within


@asks(Capability.INVOKE, "the function's answer; of one that raised, FunctionError and its type")
def invoke(bench: Bench) -> Answer:
    """One that answers and one that raises."""
    fine, failed = bench.invoke("Echo", {}), bench.invoke("Echo", {"raise": True})
    told = not fine[0] and failed[0] == "Unhandled" and failed[1]["errorMessage"] == "asked to"
    return told, (
        f"lambda Invoke of one that answers and one that raises: error {fine[0] or 'none'} and "
        f"{failed[0] or 'none'} ({failed[1].get('errorType')})"
    )


@asks(Capability.FUNCTION_LOGS, "what a function prints is in CloudWatch Logs")
def logs(bench: Bench) -> Answer:
    """The traceback of one that raises."""
    book = LogBook(bench.aws, bench.stage, time.monotonic)
    bench.invoke("Echo", {"raise": True})
    told = within(15, lambda: any("RuntimeError: asked to" in x for x in book.errors()))
    return told, (
        "the error of a function that raised, between START and END in CloudWatch Logs: "
        f"{'there' if told else 'not there'} within 15 s"
    )


@asks(Capability.FUNCTION_TIMEOUTS, "a function is ended at its time-out")
def timeouts(bench: Bench) -> Answer:
    """One that may take 1 s and takes 4."""
    start = time.monotonic()
    error, body = bench.invoke("Slow", {})
    took = time.monotonic() - start
    said = str((body or {}).get("errorMessage", "")) if isinstance(body, dict) else str(body)
    return bool(error) and "timed out" in said.lower(), (
        f"a function with Timeout 1 that takes 4 s: {error or 'no error'} after {took:.1f} s"
    )


@asks(Capability.RESERVED_CONCURRENCY, "beyond its reserved concurrency: TooManyRequests, 429")
def reserved(bench: Bench) -> Answer:
    """A second invocation while the only environment is busy."""
    busy = threading.Thread(target=bench.invoke, args=("Busy", {"seconds": 5}))
    busy.start()
    within(20, lambda: bool(bench.seen("busy 5")))
    try:
        bench.invoke("Busy", {"seconds": 0})
        said = ""
    except ClientError as error:
        said = str(error.response["Error"]["Code"])
    busy.join()
    return said == "TooManyRequestsException", (
        f"a second invocation at once of a function with reserved concurrency 1: {said or 'served'}"
    )


@asks(
    Capability.ASYNC_RETRIES,
    "a failed asynchronous invocation is tried again, after 1 min",
    slow=True,
)
def async_retries(bench: Bench) -> Answer:
    """One retry is allowed."""
    bench.invoke("Failing", {}, InvocationType="Event")
    again = within(100, lambda: len(bench.seen("async")) > 1)
    times = bench.seen("async")
    return again, (
        "an asynchronous invocation that failed was tried "
        + (f"again after {times[1] - times[0]:.0f} s" if again else "once in 100 s")
    )


@asks(
    Capability.ASYNC_ON_FAILURE,
    "after its retries its event goes to the on-failure destination",
    slow=True,
)
def async_on_failure(bench: Bench) -> Answer:
    """The queue that the event ends in; the retries' question sends it."""
    within(20, lambda: bool(bench.seen("async")))
    told = bench.received(bench.out("FailuresUrl"), 120)
    return bool(told), (
        "an asynchronous invocation that failed, with MaximumRetryAttempts 1: its event was "
        f"{'in' if told else 'not in'} the on-failure queue within 120 s"
    )


@asks(Capability.SCHEDULES, "a function with a schedule is invoked by it", slow=True)
def schedules(bench: Bench) -> Answer:
    """Every minute."""
    ticked = within(150, lambda: bool(bench.seen("tick")))
    return ticked, (
        "a function with a rate(1 minute) schedule was "
        f"{'invoked' if ticked else 'not invoked'} within 150 s of the deploy"
    )


@asks(Capability.IAM, "what a function's role doesn't allow is refused")
def iam(bench: Bench) -> Answer:
    """A write that the role doesn't allow."""
    error, said = bench.invoke("Echo", {"write": "forbidden"})
    refused = bool(error) and "AccessDenied" in json.dumps(said)
    failed = f"it failed otherwise: {json.dumps(said)[:120]}" if error else "it could"
    return refused, (
        "a function whose role allows nothing wrote to a table: "
        f"{'refused with AccessDenied' if refused else failed}"
    )


@asks(Capability.PROCESSES, "no: functions run at AWS")
def processes(bench: Bench) -> Answer:
    """Find the function's process on this machine, whatever number it has by its own account: in a
    container it has another."""
    bench.get("/open")
    function = bench.stage.functions["Echo"]
    known = any(_names(each, function) for each in Path("/proc").glob("[0-9]*/environ"))
    return known, (
        "a process of this machine has the function's name in its environment: "
        f"{'yes' if known else 'no'}"
    )


def _names(environment: Path, function: str) -> bool:
    try:
        return function.encode() in environment.read_bytes()
    except OSError:
        return False

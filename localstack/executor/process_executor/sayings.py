"""What AWS says of invocations: log lines and error answers, word for word."""

import json
import math
import signal
from datetime import UTC, datetime


def start(request: str, version: str) -> str:
    """The line before an invocation's own."""
    return f"START RequestId: {request} Version: {version}\n"


def end(request: str) -> str:
    """The line after them."""
    return f"END RequestId: {request}\n"


def report(
    request: str, seconds: float, *, memory: str, used: int, init: float | None, trouble: str = ""
) -> str:
    """The line with the figures. ``memory`` and ``used`` in MB, the rest in seconds."""
    parts = [
        f"REPORT RequestId: {request}",
        f"Duration: {seconds * 1000:.2f} ms",
        f"Billed Duration: {math.ceil(seconds * 1000)} ms",
        f"Memory Size: {memory} MB",
        f"Max Memory Used: {used} MB",
    ]
    if init is not None:
        parts.append(f"Init Duration: {init * 1000:.2f} ms")
    if trouble:
        parts.append(f"Status: {trouble}")
    return "\t".join(parts) + "\n"


def timed_out(request: str, seconds: float) -> tuple[bytes, str]:
    """The answer and the log line of a function that took too long."""
    said = f"Task timed out after {seconds:.2f} seconds"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _error("Sandbox.Timedout", f"RequestId: {request} Error: {said}"), (
        f"{now} {request} {said}\n\n"
    )


def exited(request: str, code: int) -> tuple[bytes, str]:
    """The answer and the log line of a function whose process ended. ``code`` as Popen gives it."""
    how = f"signal: {_signal(-code)}" if code < 0 else f"exit status {code}"
    said = f"RequestId: {request} Error: Runtime exited with error: {how}"
    return _error("Runtime.ExitError", said), f"{said}\nRuntime.ExitError\n"


def too_long(length: int, most: int) -> bytes:
    """The answer instead of one that exceeds what may be sent."""
    return _error(
        "Function.ResponseSizeTooLarge",
        f"Response payload size ({length} bytes) exceeded maximum allowed payload size "
        f"({most} bytes).",
    )


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _signal(number: int) -> str:
    names = {signal.SIGKILL: "killed", signal.SIGTERM: "terminated"}
    try:
        return names.get(signal.Signals(number), signal.Signals(number).name)
    except ValueError:
        return str(number)

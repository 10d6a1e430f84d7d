"""What a warm invocation costs on each local target, asked for by boto3.

python tests/bench/invoking.py

One function that gives back what it gets, invoked in turns on both targets, so that whatever else
the machine does falls on both alike. LocalStack is the one that the harness starts as a program.
"""

import io
import time
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.table import Table
from wiring import percentile

from harness.targets import Aws, Endpoint, TargetSettings, open_target

ROUNDS, WARM = 400, 40
TARGETS = {
    "embedded": TargetSettings(),
    "localstack": TargetSettings(mode="process"),
}
NAME = "bench-echo"
CODE = "def handler(event, context):\n    return event\n"


def main() -> None:
    """Measure and print."""
    console = Console(width=110, highlight=False)
    console.print(figures())


def figures() -> Table:
    """p50 and p99 of a warm invocation on each target."""
    with ExitStack() as held:
        clients = {}
        for name, settings in TARGETS.items():
            target = held.enter_context(open_target(name, settings))
            clients[name] = _with_function(target.start(lambda _: None))
        told = _asked(clients)
    table = Table("a warm invocation, in ms", *told, "localstack / embedded")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        figures = [1000 * percentile(times, share) for times in told.values()]
        table.add_row(name, *(f"{each:.1f}" for each in figures), f"{figures[1] / figures[0]:.2f}")
    return table


def _with_function(endpoint: Endpoint) -> Any:
    client = Aws.of(endpoint).client("lambda")
    client.create_function(
        FunctionName=NAME, Runtime=f"python{endpoint.python.version}", Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/bench", Code={"ZipFile": _zipped()}, Timeout=10,
    )  # fmt: skip
    client.get_waiter("function_active_v2").wait(FunctionName=NAME)
    return client


def _asked(clients: Mapping[str, Any]) -> Mapping[str, Sequence[float]]:
    times: dict[str, list[float]] = {name: [] for name in clients}
    for turn in range(ROUNDS + WARM):
        for name, client in clients.items():
            start = time.perf_counter()
            answer = client.invoke(FunctionName=NAME, Payload=b'{"n": 1}')
            took = time.perf_counter() - start
            if answer["Payload"].read() != b'{"n": 1}' and "FunctionError" in answer:
                raise SystemExit(f"{name}: {answer['FunctionError']}")
            if turn >= WARM:
                times[name].append(took)
    return times


def _zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        entry = zipfile.ZipInfo("index.py")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, CODE)
    return written.getvalue()


if __name__ == "__main__":
    main()

"""What functions leave in CloudWatch, lines and figures, is brought there once a second.

LocalStack asks for it after each invocation, twice; on a busy stage that is a sixth of all that it
does.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

PAUSE = 1.0
"""Seconds for which lines and figures are gathered."""
_MOST = 500
"""Figures in a request; CloudWatch takes a thousand."""


class Lines(queue.Queue[Any]):
    """Log items of one function; what ``get`` gives is all that was put within ``PAUSE`` for one
    log stream, the oldest first. What is no log item ends the gathering, and comes last."""

    def __init__(self, pause: float = PAUSE) -> None:
        super().__init__()
        self._pause = pause
        self._gathered: list[Any] = []

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next item, for which others were waited."""
        if not self._gathered:
            first = super().get(block, timeout)
            self._gathered = merged([first, *self._others(first)])
        return self._gathered.pop(0)

    def _others(self, item: Any) -> list[Any]:
        found: list[Any] = []
        deadline = time.monotonic() + self._pause
        while _is_lines(item):
            try:
                item = super().get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            found.append(item)
        return found


def merged(items: list[Any]) -> list[Any]:
    """One item for each log stream, in the order in which these began; others after them."""
    streams: dict[tuple[str, str], list[Any]] = {}
    for item in filter(_is_lines, items):
        streams.setdefault((item.log_group, item.log_stream), []).append(item)
    lines = [replace(each[0], logs="\n".join(i.logs for i in each)) for each in streams.values()]
    return [*lines, *(item for item in items if not _is_lines(item))]


def _is_lines(item: Any) -> bool:
    return hasattr(item, "log_stream")


class Figures:
    """Takes the place of LocalStack's publishing of one figure."""

    def __init__(self, publish: Callable[[str, str, list[dict[str, Any]]], None]) -> None:
        """``publish``: brings figures to an account and a region."""
        self._publish = publish
        self._gathered: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def add(
        self,
        metric: str,
        value: float,
        kwargs: dict[str, Any],
        account_id: str | None = None,
        region_name: str | None = None,
    ) -> None:
        """Keep it for the next time."""
        figure = {
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": kwargs.get("func_name")}],
            "Timestamp": datetime.now(UTC),
            "Value": value,
        }
        with self._lock:
            self._gathered.setdefault((account_id or "", region_name or ""), []).append(figure)

    def bring(self) -> None:
        """Publish what was gathered."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
        for (account, region), figures in gathered.items():
            for first in range(0, len(figures), _MOST):
                self._publish(account, region, figures[first : first + _MOST])

    def bring_for_ever(self) -> None:
        """Once each ``PAUSE``."""
        while True:
            time.sleep(PAUSE)
            self.bring()


def patch() -> None:
    """Let lines and figures of functions be gathered."""
    from localstack.services.lambda_.invocation import logs, metrics  # noqa: PLC0415 (slow)

    original = logs.LogHandler.__init__

    def made(handler: Any, *args: Any, **kwargs: Any) -> None:
        original(handler, *args, **kwargs)
        handler.log_queue = Lines()

    logs.LogHandler.__init__ = made
    figures = Figures(partial(_publish, metrics.LOG))
    metrics.publish_lambda_metric = figures.add
    threading.Thread(target=figures.bring_for_ever, name="lambda figures", daemon=True).start()


def _publish(log: Any, account: str, region: str, figures: list[dict[str, Any]]) -> None:
    from localstack.aws.connect import connect_to  # noqa: PLC0415
    from localstack.utils.bootstrap import is_api_enabled  # noqa: PLC0415

    if not is_api_enabled("cloudwatch"):
        return
    try:
        client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
        client.put_metric_data(Namespace="AWS/Lambda", MetricData=figures)
    except Exception as error:  # as LocalStack: figures are nobody's failure
        log.info("Unable to put %d figures of functions to CloudWatch: %s", len(figures), error)

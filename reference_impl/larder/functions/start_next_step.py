"""Orders stream: puts the work that a change made due on its queue.

It raises on failure, so that the stream brings the change again; steps bear repetition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.start_next_step import start_next_step


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    queues = parts.work_queues

    def serve(event: Mapping[str, Any], _context: Any) -> None:
        for record in event["Records"]:
            before, after = parts.read_change(record)
            sent = start_next_step(before, after, queues)
            if after is not None:
                parts.logger.set_correlation_id(after.correlation_id)
            parts.logger.info(
                "change read",
                order_id=after.order_id if after is not None else None,
                version=after.version if after is not None else None,
                sent=[work.step.value for work in sent],
            )

    return serve


handler = lambda_handler(build)

"""Orders stream: tells every change of status to the bus and the audit log.

It raises on failure, so that the stream brings the change again; both bear repetition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.publish_status import publish_status


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    bus, audit = parts.bus, parts.audit

    def serve(event: Mapping[str, Any], _context: Any) -> None:
        for record in event["Records"]:
            before, after = parts.read_change(record)
            told = publish_status(before, after, bus, audit)
            if told is not None:
                parts.logger.set_correlation_id(told.correlation_id)
                parts.logger.info(
                    "status told",
                    order_id=told.order_id,
                    version=told.version,
                    status=told.status.value,
                )
        parts.logger.info("changes read", records=len(event["Records"]))

    return serve


handler = lambda_handler(build)

"""Orders stream: tells every change of status to the audit log, the bus and the customer.

It raises when something could not be told, so that the stream brings the batch again; telling bears
repetition. What a stream gave up is brought back by the reconciler.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.announce import Announced, announce


class NotTold(Exception):
    """Somebody is still to be told of a change."""


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    ports = parts.announce_ports

    def serve(event: Mapping[str, Any], _context: Any) -> None:
        order_ids = dict.fromkeys(parts.changed_order(record) for record in event["Records"])
        done = announce(order_ids, ports)
        _log(done)
        parts.logger.info("changes read", records=len(event["Records"]), orders=len(order_ids))
        if done.errors:
            raise NotTold(f"{len(done.errors)} of {len(order_ids)}: {done.errors[0]}")

    def _log(done: Announced) -> None:
        for audience, told in done.told:
            parts.logger.set_correlation_id(told.correlation_id)
            parts.logger.info(
                "status told",
                audience=audience.value,
                order_id=told.order_id,
                version=told.version,
                status=told.status.value,
            )
        for error in done.errors:
            parts.logger.warning("not told", reason=str(error))

    return serve


handler = lambda_handler(build)

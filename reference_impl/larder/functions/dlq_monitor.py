"""The four dead-letter queues: redrives with growing delays, then calls people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import QUEUES, Parts, lambda_handler
from larder.functions.batches import Handler, Record, answer, read_message
from larder.services.errors import PortError
from larder.services.redrive import redrive


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports = parts.redrive_ports
    received = {queue: parts.received_dead(queue) for queue in QUEUES}
    queue_of = {parts.dead_letter_url(queue).rsplit("/", 1)[-1]: queue for queue in QUEUES}

    def take_care(record: Record) -> bool:
        queue = queue_of[record["eventSourceARN"].rsplit(":", 1)[-1]]
        message = read_message(record, queue)
        told: dict[str, Any] = {"queue": queue, "message_id": message.message_id}
        try:
            done = redrive(message, ports)
        except PortError as error:
            receives = int(record["attributes"]["ApproximateReceiveCount"])
            seconds = parts.schedule.queue_wait_after(receives, parts.chance)
            received[queue].hide(record["receiptHandle"], seconds)
            parts.logger.warning("dead letter stays", reason=str(error), seconds=seconds, **told)
            return False
        parts.logger.info("dead letter taken care of", note=done.note, **told)
        return True

    def serve(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        return answer(event, take_care, parts.logger)

    return serve


handler = lambda_handler(build)

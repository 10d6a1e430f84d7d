"""Parse queue: reads grocery lists."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions.batches import Handler, WorkQueue
from larder.services.parse_list import parse_list


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports, model = parts.step_ports, parts.model_ports
    queue = WorkQueue("parse", parts.received("parse"), parts.logger)
    return queue.handler(lambda work: parse_list(work, ports, model))


handler = lambda_handler(build)

"""Match queue: finds and prices products."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions.batches import Handler, WorkQueue
from larder.services.match_products import match_products


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports, catalogue, model = parts.step_ports, parts.catalogue, parts.model_ports
    queue = WorkQueue("match", parts.received("match"), parts.logger)
    return queue.handler(lambda work: match_products(work, ports, catalogue, model))


handler = lambda_handler(build)

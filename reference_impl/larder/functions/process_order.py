"""Fulfil queue: carries paid orders out."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions.batches import Handler, WorkQueue
from larder.services.fulfil import fulfil


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports = parts.step_ports
    queue = WorkQueue("fulfil", parts.received("fulfil"), parts.logger)
    return queue.handler(lambda work: fulfil(work, ports))


handler = lambda_handler(build)

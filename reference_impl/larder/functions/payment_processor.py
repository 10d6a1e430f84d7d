"""Pay queue: makes payment links, settles payments, gives second ones back."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions.batches import Handler, WorkQueue
from larder.services.process_payment import process_payment


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports, links, provider = parts.step_ports, parts.links, parts.provider_ports
    rules = parts.refund_rules
    queue = WorkQueue("pay", parts.received("pay"), parts.logger)
    return queue.handler(lambda work: process_payment(work, ports, links, provider, rules))


handler = lambda_handler(build)

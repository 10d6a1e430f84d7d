"""Every minute: restarts orders that made no progress, and asks about silent payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.reconcile import reconcile


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    orders, queues, rules = parts.orders, parts.work_queues, parts.reconcile_rules

    def serve(_event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        done = reconcile(orders, queues, parts.clock, rules)
        for error in done.errors:
            parts.logger.warning("an order could not be looked at", exc_info=error)
        restarted = {step.value: count for step, count in done.restarted.items()}
        parts.logger.info("reconciled", restarted=restarted, failed=done.failed)
        return {"restarted": restarted, "failed": done.failed}

    return serve


handler = lambda_handler(build)

"""Every minute: restarts orders that made no progress, asks about silent payments, and brings back
what could not be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.reconcile import reconcile
from larder.services.remind import remind


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    orders, queues, rules = parts.orders, parts.work_queues, parts.reconcile_rules
    announcements = parts.announcements

    def serve(_event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        done = reconcile(orders, queues, parts.clock, rules)
        told = remind(announcements, parts.clock, parts.remind_rules)
        errors = (*done.errors, *told.errors)
        for error in errors:
            parts.logger.warning("an order could not be looked at", exc_info=error)
        restarted = {step.value: count for step, count in done.restarted.items()}
        answer = {"restarted": restarted, "reminded": told.orders, "failed": len(errors)}
        parts.logger.info("reconciled", done=answer)
        return answer

    return serve


handler = lambda_handler(build)

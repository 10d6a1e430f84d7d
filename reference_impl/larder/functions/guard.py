"""What both doors, REST and GraphQL, do around a use case: who asks, how often, and what is kept of
it. Both count the same operation of a customer together, and write the same audit log."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from larder.functions import problems
from larder.functions.problems import Problem
from larder.resilience.rate_limit import Allowance
from larder.services.errors import Contended, Unavailable
from larder.services.ports import Audit, AuditEntry, Clock, Ids
from larder.services.tokens import BadToken, Identity, Tokens

CORRELATION = "X-Correlation-Id"
CORRELATION_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


class Limiter(Protocol):
    """Counts requests."""

    def take(self, user_id: str, operation: str, tier: str) -> Allowance:
        """What the request was told."""
        ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """One invocation, before anything of its request is believed."""

    request_id: str
    correlation_id: str
    began: datetime
    seconds_left: float
    """Before the function's time is up."""


@dataclass(frozen=True)
class Guard:
    """For operations that anyone may ask for."""

    audit: Audit
    clock: Clock
    ids: Ids
    logger: Logger

    def occasion(self, context: Any, correlation_id: str | None) -> Occasion:
        """This invocation, under the correlation id that was given if it is a good one."""
        good = correlation_id is not None and CORRELATION_ID.fullmatch(correlation_id)
        occasion = Occasion(
            request_id=context.aws_request_id,
            correlation_id=correlation_id if correlation_id and good else self.ids.new(),
            began=self.clock.now(),
            seconds_left=context.get_remaining_time_in_millis() / 1000,
        )
        self.logger.set_correlation_id(occasion.correlation_id)
        return occasion

    def note(self, occasion: Occasion, who: str, what: str, target: str, result: str) -> None:
        """An entry in the audit log; if that fails, one in the log."""
        entry = AuditEntry(
            audit_id=f"{occasion.request_id}#{what}",
            at=occasion.began,
            who=who,
            what=what,
            target=target,
            result=result,
            correlation_id=occasion.correlation_id,
        )
        try:
            self.audit.record(entry)
        except Unavailable as error:
            self.logger.error("audit entry lost", reason=str(error), what=what, outcome=result)

    def problem_of(self, error: Exception) -> Problem:
        """What the caller is told of what went wrong; what is ours to mend is logged."""
        if isinstance(error, Problem):
            return error
        if isinstance(error, (Unavailable, Contended)):
            self.logger.warning("a dependency is unavailable", reason=str(error))
            return problems.dependency_unavailable()
        self.logger.error("a defect", exc_info=error)
        return problems.internal_error()

    def log_answer(self, occasion: Occasion, operation: str, outcome: int | str) -> None:
        """One line for each invocation."""
        took = (self.clock.now() - occasion.began).total_seconds()
        self.logger.info(
            "answered",
            operation=operation,
            status=outcome,
            duration_ms=round(took * 1000),
            request_id=occasion.request_id,
        )


@dataclass(frozen=True)
class CustomersGuard(Guard):
    """For operations of customers: their token is verified, then the request counted, before
    anything else of it is read."""

    tokens: Tokens
    limiter: Limiter

    def identify(self, occasion: Occasion, authorization: str | None, operation: str) -> Identity:
        """Who asks. Raises Problem, and keeps the refusal."""
        try:
            return self.tokens.identity(authorization)
        except BadToken as refusal:
            self.note(occasion, "unknown", "access", operation, "refused")
            self.logger.warning("token refused", reason=str(refusal))
            raise problems.unauthenticated() from refusal

    def count(self, customer: Identity, operation: str) -> Allowance:
        """What the customer's limit says to one more request of this operation."""
        return self.limiter.take(customer.user_id, operation, customer.tier)

    def check(
        self, occasion: Occasion, customer: Identity, operation: str, allowance: Allowance
    ) -> None:
        """Raises Problem beyond the limit, and keeps the violation."""
        if allowance.allowed:
            return
        self.note(occasion, customer.user_id, "rate limit", operation, "refused")
        seconds = max(1, math.ceil(allowance.reset - occasion.began.timestamp()))
        raise problems.rate_limit_exceeded(seconds)

    def note_trespass(self, occasion: Occasion, customer: Identity, target: str) -> None:
        """Keep that a customer asked for what is another's; the answer needn't tell."""
        self.note(occasion, customer.user_id, "access", target, "refused")

"""What every HTTP function does around its use case: authenticate, limit, validate, act."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from larder.functions import problems
from larder.functions.http import Request, Response, read_request, write_response
from larder.functions.problems import Flaw, Problem
from larder.resilience.rate_limit import Allowance
from larder.services.errors import Contended, Unavailable
from larder.services.ports import Audit, AuditEntry, Clock, Ids
from larder.services.tokens import BadToken, Identity, Tokens

CORRELATION = "X-Correlation-Id"
_CORRELATION_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


class Limiter(Protocol):
    """Counts requests."""

    def take(self, user_id: str, operation: str, tier: str) -> Allowance:
        """What the request was told."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request that a function serves."""

    request: Request
    correlation_id: str
    began: datetime
    seconds_left: float
    """Before the function's time is up."""


@dataclass(frozen=True, slots=True)
class CustomerCall(Call):
    """A request of a customer whose token was verified."""

    customer: Identity


@dataclass(frozen=True)
class Edge:
    """Turns actions that need no token into Lambda handlers."""

    audit: Audit
    clock: Clock
    ids: Ids
    logger: Logger

    def for_anyone(self, operation: str, act: Callable[[Call], Response]) -> Handler:
        """A handler without token and limit."""

        def checked(call: Call) -> Response:
            _check_correlation(call.request)
            return act(call)

        return self.for_provider(operation, checked)

    def for_provider(self, operation: str, act: Callable[[Call], Response]) -> Handler:
        """A handler for somebody who knows nothing of our headers."""
        return lambda event, context: self.serve(event, context, operation, act)

    def note(self, call: Call, who: str, what: str, target: str, result: str) -> None:
        """An entry in the audit log about this request; if that fails, one in the log."""
        entry = AuditEntry(
            audit_id=f"{call.request.request_id}#{what}",
            at=call.began,
            who=who,
            what=what,
            target=target,
            result=result,
            correlation_id=call.correlation_id,
        )
        try:
            self.audit.record(entry)
        except Unavailable as error:
            self.logger.error("audit entry lost", reason=str(error), what=what, outcome=result)

    def serve(
        self, event: Event, context: Any, operation: str, act: Callable[[Call], Response]
    ) -> dict[str, Any]:
        """One invocation: read, act, write, and log one line."""
        request = read_request(event, context.aws_request_id)
        given = request.headers.get(CORRELATION.lower(), "")
        correlation_id = given if _CORRELATION_ID.fullmatch(given) else self.ids.new()
        seconds_left = context.get_remaining_time_in_millis() / 1000
        call = Call(request, correlation_id, self.clock.now(), seconds_left)
        self.logger.set_correlation_id(correlation_id)
        response = self.answer(call, act)
        took = (self.clock.now() - call.began).total_seconds()
        self.logger.info(
            "answered",
            operation=operation,
            status=response.status,
            duration_ms=round(took * 1000),
            request_id=request.request_id,
        )
        return write_response(response.with_headers({CORRELATION: correlation_id}))

    def answer(self, call: Call, act: Callable[[Call], Response]) -> Response:
        """The action's answer, or the problem that came in its way."""
        try:
            return act(call)
        except Problem as problem:
            return problem.response(call.request.request_id)
        except (Unavailable, Contended) as error:
            self.logger.warning("a dependency is unavailable", reason=str(error))
            return problems.dependency_unavailable().response(call.request.request_id)
        except Exception:
            self.logger.exception("a defect")
            return problems.internal_error().response(call.request.request_id)


@dataclass(frozen=True)
class CustomersEdge(Edge):
    """Turns actions of customers into Lambda handlers: their token is verified, then the request
    counted, before anything else of it is read."""

    tokens: Tokens
    limiter: Limiter

    def for_customers(self, operation: str, act: Callable[[CustomerCall], Response]) -> Handler:
        """A handler that wants a token and counts against the customer's limit."""
        return lambda event, context: self.serve(
            event, context, operation, lambda call: self._admit(call, operation, act)
        )

    def _admit(
        self, call: Call, operation: str, act: Callable[[CustomerCall], Response]
    ) -> Response:
        customer = self._authenticate(call, operation)
        allowance = self.limiter.take(customer.user_id, operation, customer.tier)

        def limited(counted: Call) -> Response:
            if not allowance.allowed:
                self.note(counted, customer.user_id, "rate limit", operation, "refused")
                raise problems.rate_limit_exceeded(_seconds_until(allowance, counted))
            _check_correlation(counted.request)
            return act(
                CustomerCall(
                    counted.request,
                    counted.correlation_id,
                    counted.began,
                    counted.seconds_left,
                    customer,
                )
            )

        return self.answer(call, limited).with_headers(_limit_headers(allowance))

    def _authenticate(self, call: Call, operation: str) -> Identity:
        try:
            return self.tokens.identity(call.request.headers.get("authorization"))
        except BadToken as refusal:
            self.note(call, "unknown", "access", operation, "refused")
            self.logger.warning("token refused", reason=str(refusal))
            raise problems.unauthenticated() from refusal


def _seconds_until(allowance: Allowance, call: Call) -> int:
    return max(1, math.ceil(allowance.reset - call.began.timestamp()))


def _check_correlation(request: Request) -> None:
    given = request.headers.get(CORRELATION.lower())
    if given is not None and not _CORRELATION_ID.fullmatch(given):
        reason = "must be 8 to 64 letters, digits, dashes or underscores"
        raise problems.invalid_parameters([Flaw("header", CORRELATION, reason)])


def _limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset),
    }

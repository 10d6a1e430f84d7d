"""The REST door: what every HTTP function does around its use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from larder.functions import problems
from larder.functions.guard import CORRELATION, CORRELATION_ID, CustomersGuard, Guard, Occasion
from larder.functions.http import Request, Response, read_request, write_response
from larder.functions.problems import Flaw
from larder.resilience.rate_limit import Allowance
from larder.services.tokens import Identity

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request that a function serves."""

    occasion: Occasion
    request: Request


@dataclass(frozen=True, slots=True)
class CustomerCall(Call):
    """A request of a customer whose token was verified."""

    customer: Identity


@dataclass(frozen=True)
class Edge:
    """Turns actions that need no token into Lambda handlers."""

    guard: Guard

    def for_anyone(self, operation: str, act: Callable[[Call], Response]) -> Handler:
        """A handler without token and limit."""

        def checked(call: Call) -> Response:
            _check_correlation(call.request)
            return act(call)

        return self.for_provider(operation, checked)

    def for_provider(self, operation: str, act: Callable[[Call], Response]) -> Handler:
        """A handler for somebody who knows nothing of our headers."""
        return lambda event, context: self.serve(event, context, operation, act)

    def serve(
        self, event: Event, context: Any, operation: str, act: Callable[[Call], Response]
    ) -> dict[str, Any]:
        """One invocation: read, act, write, and log one line."""
        request = read_request(event)
        occasion = self.guard.occasion(context, request.headers.get(CORRELATION.lower()))
        response = self.answer(Call(occasion, request), act)
        self.guard.log_answer(occasion, operation, response.status)
        return write_response(response.with_headers({CORRELATION: occasion.correlation_id}))

    def answer(self, call: Call, act: Callable[[Call], Response]) -> Response:
        """The action's answer, or the problem that came in its way."""
        try:
            return act(call)
        except Exception as error:
            return self.guard.problem_of(error).response(call.occasion.request_id)


@dataclass(frozen=True)
class CustomersEdge(Edge):
    """Turns actions of customers into Lambda handlers."""

    guard: CustomersGuard

    def for_customers(self, operation: str, act: Callable[[CustomerCall], Response]) -> Handler:
        """A handler that wants a token and counts against the customer's limit."""
        return lambda event, context: self.serve(
            event, context, operation, lambda call: self._admit(call, operation, act)
        )

    def _admit(
        self, call: Call, operation: str, act: Callable[[CustomerCall], Response]
    ) -> Response:
        authorization = call.request.headers.get("authorization")
        customer = self.guard.identify(call.occasion, authorization, operation)
        allowance = self.guard.count(customer, operation)

        def limited(counted: Call) -> Response:
            self.guard.check(counted.occasion, customer, operation, allowance)
            _check_correlation(counted.request)
            return act(CustomerCall(counted.occasion, counted.request, customer))

        return self.answer(call, limited).with_headers(_limit_headers(allowance))


def _check_correlation(request: Request) -> None:
    given = request.headers.get(CORRELATION.lower())
    if given is not None and not CORRELATION_ID.fullmatch(given):
        reason = "must be 8 to 64 letters, digits, dashes or underscores"
        raise problems.invalid_parameters([Flaw("header", CORRELATION, reason)])


def _limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset),
    }

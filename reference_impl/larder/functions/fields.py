"""The GraphQL door: what every function that resolves a field does around its use case.

AppSync hands a field's context over; the answer is ``{data, errorMessage, errorType, errorInfo}``,
which the resolvers of template.yaml open: a function that raises can't give its error a type.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from larder.functions.guard import CORRELATION, CustomersGuard, Occasion
from larder.functions.problems import Problem
from larder.resilience.rate_limit import Allowance
from larder.services.tokens import Identity, as_bearer

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FieldCall:
    """A field that a customer whose token was verified asks for. Arguments that are null are left
    out: GraphQL means the same by both."""

    occasion: Occasion
    arguments: Mapping[str, Any]
    customer: Identity


@dataclass(frozen=True)
class Fields:
    """Turns what resolves a field for customers into Lambda handlers."""

    guard: CustomersGuard

    def for_customers(self, operation: str, resolve: Callable[[FieldCall], object]) -> Handler:
        """A handler that wants a token and counts against the customer's limit."""

        def serve(event: Event, context: Any) -> dict[str, Any]:
            headers = _headers(event)
            occasion = self.guard.occasion(context, headers.get(CORRELATION.lower()))
            answer = self._answer(occasion, event, headers, operation, resolve)
            self.guard.log_answer(occasion, operation, answer.get("errorType", "ok"))
            return answer

        return serve

    def _answer(
        self,
        occasion: Occasion,
        event: Event,
        headers: Mapping[str, str],
        operation: str,
        resolve: Callable[[FieldCall], object],
    ) -> dict[str, Any]:
        allowance: Allowance | None = None
        try:
            authorization = as_bearer(headers.get("authorization"))
            customer = self.guard.identify(occasion, authorization, operation)
            allowance = self.guard.count(customer, operation)
            self.guard.check(occasion, customer, operation, allowance)
            return {"data": resolve(FieldCall(occasion, _arguments(event), customer))}
        except Exception as error:
            return _refusal(self.guard.problem_of(error), occasion, allowance)


def by_field(handlers: Mapping[str, Handler]) -> Handler:
    """A handler for several fields, by their names."""
    return lambda event, context: handlers[event["info"]["fieldName"]](event, context)


def by_door(http: Handler, fields: Handler) -> Handler:
    """A handler for both doors: only AppSync tells of a field."""
    return lambda event, context: (fields if "info" in event else http)(event, context)


def _refusal(problem: Problem, occasion: Occasion, allowance: Allowance | None) -> dict[str, Any]:
    info = problem.info(occasion.request_id)
    if allowance is not None and not allowance.allowed:
        info |= {
            "limit": allowance.limit,
            "remaining": allowance.remaining,
            "reset": allowance.reset,
        }
    return {
        "data": None,
        "errorMessage": problem.detail,
        "errorType": problem.kind,
        "errorInfo": info,
    }


def _headers(event: Event) -> dict[str, str]:
    given = (event.get("request") or {}).get("headers") or {}
    return {name.lower(): value for name, value in given.items()}


def _arguments(event: Event) -> dict[str, Any]:
    given = event.get("arguments") or {}
    return {name: value for name, value in given.items() if value is not None}

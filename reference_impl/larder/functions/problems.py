"""Errors as RFC 9457 problem details. Their types are promised by contracts/openapi.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from larder.functions.http import Response

MEDIA_TYPE = "application/problem+json"
BASE = "https://larder.example/problems/"
MOST_FLAWS = 20
BUSY_RETRY_AFTER = 2
"""Seconds after which a store that didn't answer may do so again."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a request; it never repeats what the request held."""

    where: str
    name: str
    reason: str


@dataclass(eq=False)
class Problem(Exception):
    """An answer other than the one that was hoped for."""

    status: int
    slug: str
    title: str
    detail: str
    flaws: Sequence[Flaw] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: int | None = None
    """Seconds."""

    @property
    def kind(self) -> str:
        """The same kind of problem as GraphQL's ErrorType names it."""
        return self.slug.replace("-", "_").upper()

    def response(self, request_id: str) -> Response:
        """The problem as an answer to the request of that id."""
        body: dict[str, object] = {
            "type": BASE + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:larder:request:{request_id}",
            **self.more,
        }
        if self.flaws:
            body["errors"] = self._errors()
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return Response(self.status, body, headers, MEDIA_TYPE)

    def info(self, request_id: str) -> dict[str, object]:
        """What GraphQL's ``errorInfo`` says of it."""
        info: dict[str, object] = {"instance": f"urn:larder:request:{request_id}", **self.more}
        if self.flaws:
            info["errors"] = self._errors()
        if self.retry_after is not None:
            info["retryAfter"] = self.retry_after
        return info

    def _errors(self) -> list[dict[str, str]]:
        return [
            {"in": each.where, "name": each.name, "reason": each.reason}
            for each in self.flaws[:MOST_FLAWS]
        ]


def unauthenticated() -> Problem:
    """The token is absent or was refused."""
    return Problem(
        401,
        "unauthenticated",
        "The token was refused",
        "Send a valid token in the Authorization header.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def unauthorized() -> Problem:
    """The token is good, but not for what is another customer's. REST answers 404 instead."""
    return Problem(403, "unauthorized", "Not yours", "Ask for what is your own.")


def rate_limit_exceeded(retry_after: int) -> Problem:
    """The customer used up this window."""
    return Problem(
        429,
        "rate-limit-exceeded",
        "Too many requests",
        f"Try again after {_seconds(retry_after)}.",
        retry_after=retry_after,
    )


def invalid_parameters(flaws: Sequence[Flaw]) -> Problem:
    """Query parameters or headers break the contract."""
    return Problem(
        400,
        "invalid-parameter",
        "A parameter is not valid",
        f"{_count(flaws, 'parameter')} not valid. See errors.",
        flaws,
    )


def bad_cursor(where: str = "query", name: str = "cursor") -> Problem:
    """A page cursor isn't one that a page gave."""
    return invalid_parameters([Flaw(where, name, "must be a cursor that a page gave")])


def malformed_json() -> Problem:
    """The body could not be read."""
    return Problem(
        400,
        "malformed-json",
        "The body is not JSON",
        "The request body could not be read as JSON. Send one JSON object.",
    )


def payload_too_large(most: int) -> Problem:
    """The body is longer than ``most`` bytes."""
    return Problem(413, "payload-too-large", "The body is too large", f"Send at most {most} bytes.")


def unsupported_media_type() -> Problem:
    """The body isn't declared as JSON."""
    return Problem(
        415,
        "unsupported-media-type",
        "The media type is not supported",
        "Send the body as application/json.",
    )


def invalid_body(flaws: Sequence[Flaw]) -> Problem:
    """The body is JSON but breaks its schema."""
    return Problem(
        422,
        "invalid-body",
        "The body is not valid",
        f"{_count(flaws, 'field of the body', 'fields of the body')} not valid. See errors.",
        flaws,
    )


def idempotency_key_reused() -> Problem:
    """The key stands for another request already."""
    return Problem(
        422,
        "idempotency-key-reused",
        "The idempotency key was used before",
        "This key stands for another list. Choose a new key for a new list.",
    )


def invalid_signature() -> Problem:
    """An event is not the provider's."""
    return Problem(
        401,
        "invalid-signature",
        "The signature was refused",
        "Sign the raw body with the secret key that both sides hold.",
    )


def malformed_event() -> Problem:
    """An event of the provider's could not be read."""
    return Problem(
        400,
        "malformed-json",
        "The body is not an event",
        "The body is signed but is not a JSON object with an event. It was logged.",
    )


def already_paid() -> Problem:
    """Nothing is left to pay."""
    return Problem(
        409, "already-paid", "The order is paid", "Nothing is left to pay for this order."
    )


def payment_link_open(payment: Mapping[str, object] | None) -> Problem:
    """The order's link can still be paid."""
    return Problem(
        409,
        "payment-link-open",
        "A payment link is open",
        "Pay with the link that is open.",
        more={"payment": payment} if payment is not None else {},
    )


def payment_link_pending() -> Problem:
    """A link is being made already."""
    return Problem(
        409,
        "payment-link-pending",
        "A payment link is being made",
        "Read the order again in a moment; the link appears on it.",
    )


def order_not_payable() -> Problem:
    """The order isn't, or is no longer, at its payment."""
    return Problem(
        409,
        "order-not-payable",
        "The order cannot be paid",
        "The order is not, or no longer, at its payment. Read the order to see why.",
    )


def order_not_found() -> Problem:
    """There is none, or it is another customer's."""
    return Problem(
        404,
        "order-not-found",
        "No such order",
        "You have no order with this id. List your orders to find it.",
    )


def dependency_unavailable() -> Problem:
    """A table or queue of ours doesn't answer."""
    return Problem(
        503,
        "dependency-unavailable",
        "Larder cannot answer now",
        f"Try again after {_seconds(BUSY_RETRY_AFTER)}, with the same key if there was one.",
        retry_after=BUSY_RETRY_AFTER,
    )


def provider_unavailable(retry_after: int) -> Problem:
    """The payment provider doesn't answer, or its breaker is open."""
    return Problem(
        503,
        "provider-unavailable",
        "The payment provider cannot be asked now",
        f"Try again after {_seconds(retry_after)}. No new link was made.",
        retry_after=retry_after,
    )


def internal_error() -> Problem:
    """A defect of ours."""
    return Problem(
        500,
        "internal-error",
        "Larder failed",
        "This is our fault. Tell us the instance, and try again later.",
    )


def _seconds(number: int) -> str:
    return "1 second" if number == 1 else f"{number} seconds"


def _count(flaws: Sequence[Flaw], one: str, many: str = "") -> str:
    number = len(flaws)
    return f"One {one} is" if number == 1 else f"{number} {many or one + 's'} are"

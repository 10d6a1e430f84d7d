"""The provider's events. Source: https://paystack.com/docs/payments/webhooks/"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from larder.domain.errors import MalformedMessage

MAX_BYTES = 64 * 1024
CHARGE_SUCCESS = "charge.success"


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What we read of an event: a hint to ask the provider, never a proof."""

    name: str
    reference: str | None


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature` is the HMAC-SHA512 of the raw body, compared in constant time."""
    expected = hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()
    # Bytes, since comparing text that isn't ASCII raises instead of answering no.
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def read_event(body: bytes) -> ProviderEvent:
    """The event in a body; raises MalformedMessage."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("The event's body isn't JSON.") from error
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise MalformedMessage("The event's body has no event name.")
    data = event.get("data")
    if not isinstance(data, dict):
        raise MalformedMessage("The event's body has no data.")
    reference = data.get("reference")
    return ProviderEvent(event["event"], reference if isinstance(reference, str) else None)

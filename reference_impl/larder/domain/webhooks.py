"""The provider's events. Source: https://paystack.com/docs/payments/webhooks/"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass

from larder.domain.errors import MalformedMessage

MAX_BYTES = 64 * 1024
CHARGE_SUCCESS = "charge.success"

_NAME = re.compile(r"(?=.{1,64}\Z)[a-z]+([._-][a-z]+)*")
_REFERENCE = re.compile(r"[A-Za-z0-9.=_-]{1,100}")


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
    if not isinstance(event, dict):
        raise MalformedMessage("The event's body isn't a JSON object.")
    data = event.get("data")
    if not isinstance(data, dict):
        raise MalformedMessage("The event's body has no data.")
    name = _text(event, "event", _NAME)
    return ProviderEvent(
        name, _text(data, "reference", _REFERENCE) if "reference" in data else None
    )


def _text(holder: dict[str, object], key: str, form: re.Pattern[str]) -> str:
    value = holder.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise MalformedMessage(f"The event's {key} isn't what the contract says.")
    return value

"""Names that follow from what a request says, so that the same request is the same record."""

from __future__ import annotations

import hashlib
import json
import uuid

_ORDERS = uuid.UUID("9c1d2f52-7d0a-5d0e-9a0e-6b1f3f0f4c11")


def order_id_for(user_id: str, idempotency_key: str) -> str:
    """The id of the order that this customer's key stands for."""
    return str(uuid.uuid5(_ORDERS, json.dumps([user_id, idempotency_key])))


def digest_of(*parts: str) -> str:
    """A digest that tells requests apart without keeping them."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

"""Headers that several operations share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from larder.functions.validation import Parameters

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class IdempotencyHeaders(Parameters):
    """What names a request, so that its repeat is known."""

    idempotency_key: Annotated[Key, Field(alias="Idempotency-Key")]


def order_location(order_id: str, *, replayed: bool) -> dict[str, str]:
    """Where an order can be read, and whether this answer was given before."""
    location = {"Location": f"/v1/orders/{order_id}"}
    return {**location, "Idempotent-Replayed": "true"} if replayed else location

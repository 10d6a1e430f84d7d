"""For people, by hand: sends an order that needed attention on from where it stood.

``aws lambda invoke`` with ``{"orderId": "…", "who": "…"}``; `who` goes into the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from larder.bootstrap import Parts, lambda_handler
from larder.domain.errors import IllegalStep
from larder.services.errors import UnknownOrder
from larder.services.heal import heal

OrderId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class Wish(BaseModel):
    """What a person asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    orderId: OrderId
    who: Name


class NotHealed(Exception):
    """The order stays as it is; the message says why, and what to do."""


def build(parts: Parts) -> Any:
    """The function, with its parts."""
    orders, guard = parts.orders, parts.guard

    def serve(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        wish = _read(event)
        occasion = guard.occasion(context, None)
        try:
            order = heal(wish.orderId, orders, parts.clock)
        except (UnknownOrder, IllegalStep) as error:
            guard.note(occasion, wish.who, "heal", wish.orderId, "refused")
            raise NotHealed(f"{error} Look at the order before asking again.") from error
        guard.note(occasion, wish.who, "heal", wish.orderId, str(order.status))
        parts.logger.info("healed", order_id=order.order_id, status=order.status.value)
        return {"orderId": order.order_id, "status": order.status.value, "version": order.version}

    return serve


def _read(event: Mapping[str, Any]) -> Wish:
    try:
        return Wish.model_validate(event)
    except ValidationError as error:
        wrong = ", ".join(sorted(".".join(map(str, e["loc"])) for e in error.errors()))
        raise NotHealed(
            f'Wrong or missing: {wrong}. Send {{"orderId": an order\'s id, "who": your name}}.'
        ) from error


handler = lambda_handler(build)

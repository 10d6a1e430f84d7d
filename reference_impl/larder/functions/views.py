"""How customers see orders and money; promised by contracts/openapi.yaml."""

from __future__ import annotations

from larder.domain.money import Money


def view_money(money: Money) -> dict[str, object]:
    """Minor units with their currency."""
    return {"amount": money.amount, "currency": money.currency}

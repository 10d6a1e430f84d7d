"""The kinds of caller that every secured operation is tried with: the columns of who is let in."""

from harness.engine.contract.context import ContractContext
from harness.engine.contract.exchanges import Exchanges
from harness.model import UnknownKind

OWNER = "owner"
NOBODY = "none"
"""Without a token, a key or a signature."""
MALFORMED = "malformed"
"""A token that is none, a key or a signature that nobody made."""
OTHER = "other customer"
"""Another customer than the owner; any customer, where only systems may."""
TIER = "other tier"
MOVED = "other body"
"""A good signature of another body."""


def strangers_to(context: ContractContext, *, owned: bool, tokens: bool = True) -> set[str]:
    """Who has to be tried where a token, or only a key, is asked for; more where what is shown has
    an owner."""
    found = {NOBODY, MALFORMED, *(context.forged if tokens else ())}
    if owned and len(context.identities) > 1:
        found.add(OTHER)
    if owned and context.other_tier is not None:
        found.add(TIER)
    return found


def no_hole(exchanges: Exchanges, label: str, due: set[str]) -> None:
    """Somebody who was due and wasn't tried leaves it open whether they are let in."""
    for who in sorted(due - exchanges.admissions.keys()):
        exchanges.breaches.doubt(
            UnknownKind.NOTHING_SEEN, label, f"it was not tried as {who}", exchanges.unit.id
        )

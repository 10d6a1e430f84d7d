"""What the model says of a list, believed only as far as the list says it too (OWASP LLM01, LLM05).

An item is kept when its name stands in an entry of the list, with that entry's amount. So an
answer can't add a product, order more than is asked for, or carry anything else out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from larder.domain.errors import DomainError
from larder.domain.lists import MAX_NAME, Entry, entries, item_of
from larder.domain.order import Item
from larder.domain.quantities import Amount, convert, rounded, unit_named
from larder.domain.words import alike, fold, stems

_LEAST_CONFIDENCE = 0.01  # none at all would mean that it wasn't understood


@dataclass(frozen=True, slots=True)
class ModelItem:
    """One item as the model gave it: its schema was checked, its truth was not."""

    name: str
    quantity: float
    unit: str | None
    confidence: float


class UntrustedAnswer(DomainError):
    """The model's answer says what the list doesn't: none of it is used."""


def believe(text: str, answer: Sequence[ModelItem]) -> tuple[Item, ...]:
    """The items of an answer, each backed by an entry of the list that no other item uses.

    Entries that the answer leaves out are read by the deterministic parser, so nothing is dropped.
    Raises UntrustedAnswer.
    """
    free = dict(enumerate(entries(text)))
    held = {at: stems(f"{entry.words} {entry.name}") for at, entry in free.items()}
    items: dict[int, Item] = {}
    for given in answer:
        wanted = stems(given.name)
        at = next((i for i, e in free.items() if _backs(e, held[i], wanted, given)), None)
        if at is None:
            raise UntrustedAnswer("The answer names something, or more of it, than the list does.")
        items[at] = _item(free.pop(at), given)
    for at, entry in free.items():
        left_out = item_of(entry)
        if left_out is not None:
            items[at] = left_out
    return tuple(item for _, item in sorted(items.items(), key=lambda pair: pair[0]))


def _backs(entry: Entry, held: tuple[str, ...], wanted: tuple[str, ...], given: ModelItem) -> bool:
    return entry.understood and _stand_in(held, wanted) and _agrees(entry.wanted, given)


def _stand_in(held: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether the wanted words stand among those held, in a row."""
    return 0 < len(wanted) <= len(held) and any(
        all(alike(one, other) for one, other in zip(wanted, held[at:], strict=False))
        for at in range(len(held) - len(wanted) + 1)
    )


def _agrees(own: Amount, given: ModelItem) -> bool:
    """Whether the model's amount is the entry's, at most said in another unit of its kind."""
    unit = unit_named(fold(given.unit.strip())) if given.unit else None
    try:
        quantity = rounded(Decimal(repr(given.quantity)))
    except InvalidOperation:
        return False
    if unit is None or unit == own.unit:
        return quantity == own.quantity
    return own.unit is not None and convert(Amount(quantity, unit), own.unit) == own.quantity


def _item(entry: Entry, given: ModelItem) -> Item:
    confidence = min(max(given.confidence, _LEAST_CONFIDENCE), 1.0)
    return Item(_own_words(entry, given), entry.wanted.quantity, entry.wanted.unit, confidence)


def _own_words(entry: Entry, given: ModelItem) -> str:
    """The name as the customer wrote it: not a letter of the model's is kept."""
    name = " ".join(given.name.split())
    start = entry.words.lower().find(name.lower())
    own = entry.words[start : start + len(name)] if start >= 0 else entry.name
    return (own or entry.words)[:MAX_NAME].strip()

"""The deterministic reader of grocery lists: what stands in for the model, and what checks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from larder.domain.order import Item
from larder.domain.pieces import Piece, pieces
from larder.domain.quantities import Amount, Token, in_reason, read_amount, tokens, unit_named

MAX_ITEMS = 600
MAX_NAME = 200
PLAIN_CONFIDENCE = 0.5
NOT_UNDERSTOOD = 0.0  # an item of this confidence is told to the customer and never matched


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a list says: the customer's words, and the name and amount in them.

    `amount` is None when none is said, `name` is empty for an amount of nothing we know.
    """

    words: str
    name: str
    amount: Amount | None
    understood: bool = True

    @property
    def wanted(self) -> Amount:
        """The amount to order: one, when none is said."""
        return self.amount or Amount(Decimal(1))


def entries(text: str) -> tuple[Entry, ...]:
    """What a list says, in order. Total: any text has an answer, perhaps an empty one."""
    found: list[Entry] = []
    for piece in islice(pieces(text), MAX_ITEMS):
        entry = _entry(piece)
        if found and _completes(found[-1], entry):  # "palm oil, 2 bottles"
            found[-1] = replace(
                found[-1],
                amount=entry.amount,
                words=f"{found[-1].words}, {entry.words}",
                understood=entry.understood,
            )
        else:
            found.append(entry)
    return tuple(found)


def parse(text: str) -> tuple[Item, ...]:
    """The items that a list asks for. What can't be understood comes back in the customer's own
    words with the confidence NOT_UNDERSTOOD; what is asked for zero times doesn't."""
    return tuple(item for entry in entries(text) if (item := item_of(entry)) is not None)


def item_of(entry: Entry) -> Item | None:
    """The item that an entry asks for; None when it asks for none of it."""
    if entry.wanted.quantity == 0:
        return None
    if not entry.understood or not entry.name:
        return Item(entry.words[:MAX_NAME].strip(), confidence=NOT_UNDERSTOOD)
    confidence = PLAIN_CONFIDENCE if entry.amount is not None else PLAIN_CONFIDENCE / 2
    return Item(entry.name, entry.wanted.quantity, entry.wanted.unit, confidence)


def _completes(last: Entry, entry: Entry) -> bool:
    return last.understood and last.amount is None and not entry.name and entry.amount is not None


def _entry(piece: Piece) -> Entry:
    if piece.suspect:
        return Entry(piece.words, "", None, understood=False)
    found = list(piece.tokens)
    amount, start, end = _find_amount(found)
    while start < end and found[start].text in {"of", "the", "x"}:
        start += 1
    note = piece.note
    if amount is None and note:
        amount = _whole_amount(note)
        note = "" if amount is not None else note
    amount = in_reason(amount) if amount is not None else None
    sane = (amount is None or amount.is_sane) and not _is_negative(piece)
    return Entry(piece.words, _name(piece, found[start:end], note), amount, understood=sane)


def _find_amount(found: list[Token]) -> tuple[Amount | None, int, int]:
    """The amount before or after a name, and where the name begins and ends."""
    leading = read_amount(found)
    is_name_too = unit_named(found[0].text) is not None  # "dozen eggs x 3" is three of them
    if leading is not None and not (is_name_too and found[-1].value is not None):
        return leading[0], _skip_range(found, leading[1]), len(found)
    for at in range(1, len(found)):
        trailing = read_amount(found, at)
        if trailing is not None and trailing[1] == len(found):
            return trailing[0], 0, at - 1 if found[at - 1].text == "x" else at
    return None, 0, len(found)


def _skip_range(found: list[Token], at: int) -> int:
    """Past the upper end of "2-3" or "2 to 3": the lower one is what is surely wanted."""
    joined = at < len(found) and found[at].text in {"to", "or"}
    upper = at + 1 if joined else at
    is_number = upper < len(found) and found[upper].value is not None
    dashed = is_number and found[upper].after_dash
    read = read_amount(found, upper) if is_number and (joined or dashed) else None
    return read[1] if read is not None else at


def _whole_amount(note: str) -> Amount | None:
    found = tokens(note)
    read = read_amount(found)
    return read[0] if read is not None and read[1] == len(found) else None


def _is_negative(piece: Piece) -> bool:
    first = piece.tokens[0]
    return first.value is not None and piece.text[: first.start].endswith("-")


def _name(piece: Piece, found: list[Token], note: str) -> str:
    if not found:
        return ""
    raw = " ".join(piece.text[found[0].start : found[-1].end].split())
    return (f"{raw} ({note})" if note else raw)[:MAX_NAME].strip()

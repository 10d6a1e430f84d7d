"""Cutting a grocery list into pieces that name one thing each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from larder.domain.quantities import Token, read_amount, tokens
from larder.domain.suspicion import goes_on, is_order_to_a_machine, without_markup

_PARENTHESES = re.compile(r"\(([^()\n]*)\)")
_BULLETS = re.compile(r"^\s*(?:[-*•–—·#>]+\s+|[0-9]{1,3}[.)]\s+)*(?:[*•·]\s*)?", re.MULTILINE)
_SEPARATORS = re.compile(r"[\n;,&+]+|(?<=[^\W\d_])[.!?]+(?=\s|$)|[!?…]+")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")

_BEFORE = (
    "hi hello hey dear please pls plz abeg kindly ok okay so just also then and plus i we want "
    "need would like love i'd we'd i'll to get buy order send bring add give me us some the my our "
    "any few of have it is grocery groceries shopping list"
)
_AFTER = "please pls plz abeg thanks thank you asap too cheers x of each"
_WITHIN = frozenset({"of", "x", "to", "or"})  # between numbers, these make one amount or name
_AND = frozenset({"and", "nd", "n", "plus"})
_LEADING = frozenset(_BEFORE.split())
_TRAILING = frozenset(_AFTER.split())
_ASKING = frozenset({"can", "could"})
_ASKED = frozenset({"i", "you", "we"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a list that names one thing: its tokens (at least one), the text they stand in,
    and what stood in parentheses beside them."""

    text: str
    tokens: tuple[Token, ...]
    note: str = ""
    suspect: bool = False

    @property
    def words(self) -> str:
        """The customer's own words, on one line."""
        return " ".join(self.text[self.tokens[0].start : self.tokens[-1].end].split())


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a list, in order; those that give orders to a machine are marked suspect."""
    under_orders = False
    for chunk in _chunks(text):
        suspect = is_order_to_a_machine(chunk) or (under_orders and goes_on(chunk))
        under_orders = under_orders or suspect
        yield from _pieces_of(chunk, suspect=suspect)


def _chunks(text: str) -> Iterator[str]:
    plain = without_markup(unicodedata.normalize("NFC", text))
    plain = _THOUSANDS.sub("", _BULLETS.sub("", plain))
    plain = _PARENTHESES.sub(lambda found: _SEPARATORS.sub(" ", found[0]), plain)
    return (chunk for chunk in _SEPARATORS.split(plain) if chunk.strip())


def _pieces_of(chunk: str, *, suspect: bool) -> Iterator[Piece]:
    note = " ".join(" ".join(_PARENTHESES.findall(chunk)).split())
    bare = _PARENTHESES.sub(lambda found: " " * len(found[0]), chunk)
    parts = [tokens(bare)] if suspect else [_strip(part) for part in _split(tokens(bare))]
    for part in filter(None, parts):
        yield Piece(bare, tuple(part), note=note, suspect=suspect)
        note = ""


def _split(found: list[Token]) -> Iterator[list[Token]]:
    """Split at "and", and before an amount that more words follow ("yam 2 kg beef" is two)."""
    part: list[Token] = []
    at = 0
    while at < len(found):
        read = read_amount(found, at) if _may_begin_amount(found[at], part) else None
        if read is not None:
            if _says_something(part) and _names_something(found, read[1]):
                yield part
                part = []
            part.extend(found[at : read[1]])
            at = read[1]
        elif found[at].text in _AND:
            yield part
            part, at = [], at + 1
        else:
            part.append(found[at])
            at += 1
    yield part


def _says_something(part: list[Token]) -> bool:
    return any(token.text not in _LEADING for token in part)


def _may_begin_amount(token: Token, part: list[Token]) -> bool:
    """At the start; or a numeral after a name. After a mere amount a number belongs to the name
    (2 x 500 g butter)."""
    if not _says_something(part):
        return True
    read = read_amount(part)
    only_amount = read is not None and all(rest.text in _WITHIN for rest in part[read[1] :])
    return token.value is not None and not only_amount


def _names_something(found: list[Token], at: int) -> bool:
    not_names = _AND | (_TRAILING - {"of"})
    return at < len(found) and found[at].value is None and found[at].text not in not_names


def _strip(part: list[Token]) -> list[Token]:
    """Without the words that people put around what they want."""
    start, end = 0, len(part)
    while start < end and (skip := _courtesy(part, start)):
        start += skip
    while start < end and part[end - 1].text in _TRAILING:
        end -= 1
    return part[start:end]


def _courtesy(part: list[Token], at: int) -> int:
    """How many tokens of courtesy stand here; "can" is one only in "can you", not in "can of"."""
    following = part[at + 1].text if at + 1 < len(part) else ""
    if part[at].text in _ASKING:
        return 2 if following in _ASKED else 0
    return 1 if part[at].text in _LEADING else 0

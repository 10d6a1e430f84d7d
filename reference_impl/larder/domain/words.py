"""Words, compared as people mean them: without case, accents, plural endings or small typos."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
_IRREGULAR = {"loaves": "loaf", "leaves": "leaf", "halves": "half"}
_TYPO_LENGTH = 5  # shorter words differ by one letter too often to be one another's typo


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def words(text: str) -> tuple[str, ...]:
    """The folded words and numbers of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


def stem(word: str) -> str:
    """What singular and plural of a word have in common; not itself a word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "y" if word.endswith("i") and len(word) > 2 else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words."""
    return tuple(stem(word) for word in words(text))


def is_typo(one: str, other: str) -> bool:
    """Whether two long enough stems are one edit apart (a letter more, less, other, or swapped)."""
    if min(len(one), len(other)) < _TYPO_LENGTH or one[0] != other[0] or one == other:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    start = _common_prefix(shorter, longer)
    if len(shorter) != len(longer):
        return shorter[start:] == longer[start + 1 :]
    swapped = shorter[start : start + 2] == longer[start : start + 2][::-1]
    return shorter[start + 1 :] == longer[start + 1 :] or (
        swapped and shorter[start + 2 :] == longer[start + 2 :]
    )


def _common_prefix(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def alike(one: str, other: str) -> bool:
    """Whether two stems are the same word, perhaps mistyped."""
    return one == other or is_typo(one, other)

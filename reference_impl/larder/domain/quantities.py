"""Amounts as people write them: 2, 1.5, 1/2, 1½, two, half a, one and a half, a dozen, 2 kg."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from larder.domain.words import fold, stem

MAX_QUANTITY = Decimal(1000)
_PLACES = Decimal("0.001")

_TOKEN = re.compile(
    r"(?P<fraction>[0-9]+\s*[/⁄]\s*[0-9]+)|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<vulgar>[¼-¾⅐-⅞])|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
)
_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred"
_NUMBERS = {
    **{word: Decimal(value) for value, word in enumerate(_TO_TWENTY.split())},
    **{word: Decimal(30 + 10 * at) for at, word in enumerate(_TENS.split())},
}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "third": Decimal("0.333")}
_ARTICLES = frozenset({"a", "an"})
_COUPLE = frozenset({"couple", "pair"})

_UNIT_WORDS = {
    "kg": "kilo kilos kilogram kilogramme kgs",
    "g": "gram gramme gr grm",
    "l": "litre liter ltr lt",
    "ml": "millilitre milliliter",
    "cl": "centilitre centiliter",
    "dozen": "doz dzn",
    "bag": "",
    "bar": "",
    "basket": "",
    "bottle": "btl",
    "box": "",
    "bunch": "",
    "can": "",
    "carton": "ctn",
    "crate": "",
    "cup": "",
    "head": "",
    "jar": "",
    "loaf": "",
    "pack": "packet pkt pk",
    "piece": "pc pcs",
    "roll": "",
    "sachet": "",
    "sack": "",
    "slice": "",
    "stick": "",
    "tin": "",
    "tray": "",
    "tub": "",
    "tube": "",
    "tuber": "",
}
_UNITS = {
    stem(word): unit for unit, others in _UNIT_WORDS.items() for word in (unit, *others.split())
}
# The size of measures in the smallest of their kind; pieces have none.
_MEASURES = {
    "kg": ("mass", Decimal(1000)),
    "g": ("mass", Decimal(1)),
    "l": ("volume", Decimal(1000)),
    "cl": ("volume", Decimal(10)),
    "ml": ("volume", Decimal(1)),
    "dozen": ("count", Decimal(12)),
    "piece": ("count", Decimal(1)),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word (folded), or a number (`value`), and where it stands in its text.

    `part` marks a number below one that may follow a whole one (1 1/2). `glued` says that nothing
    stands between it and the token before, `after_dash` that a dash does.
    """

    text: str
    start: int
    end: int
    value: Decimal | None = None
    part: bool = False
    glued: bool = False
    after_dash: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit (None: pieces, or whatever the product is sold by)."""

    quantity: Decimal
    unit: str | None = None

    @property
    def is_sane(self) -> bool:
        """Whether it can be ordered: more than nothing, within the store's limit."""
        return 0 < self.quantity <= MAX_QUANTITY


def unit_named(word: str) -> str | None:
    """The unit that a (folded) word names."""
    return _UNITS.get(stem(word))


def in_reason(amount: Amount) -> Amount:
    """1500 g as 1.5 kg: a measure that passes the limit only for being told in small units."""
    larger = {"g": "kg", "ml": "l", "cl": "l"}.get(amount.unit or "")
    if larger is None or amount.quantity <= MAX_QUANTITY:
        return amount
    return Amount(convert(amount, larger) or amount.quantity, larger)


def is_measure(unit: str | None) -> bool:
    """Whether the unit measures mass or volume instead of counting."""
    return unit is not None and _MEASURES.get(unit, ("count",))[0] != "count"


def convert(amount: Amount, unit: str) -> Decimal | None:
    """The quantity in another unit of the same kind; None when they aren't comparable."""
    if amount.unit == unit:
        return amount.quantity
    kind, size = _MEASURES.get(amount.unit or "piece", (None, Decimal(1)))
    other_kind, other_size = _MEASURES.get(unit, (None, Decimal(1)))
    if kind is None or kind != other_kind:
        return None
    return rounded(amount.quantity * size / other_size)


def rounded(quantity: Decimal) -> Decimal:
    """To three decimals."""
    if quantity > MAX_QUANTITY * 1000:  # beyond reason, and perhaps beyond the decimal's context
        return MAX_QUANTITY * 1000
    return quantity.quantize(_PLACES, rounding=ROUND_HALF_UP).normalize() + 0


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text. Letters glued to a number stay with it unless they are a
    unit or the "x" of 2x, so that 7up stays a name."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = _token(match, between=text[found[-1].end : match.start()] if found else None)
        last = found[-1] if found else None
        glues = token.glued and last is not None and last.value is not None and token.value is None
        if last is not None and glues and unit_named(token.text) is None and token.text != "x":
            found[-1] = Token(last.text + token.text, last.start, token.end, glued=last.glued)
        else:
            found.append(token)
    return found


def _token(match: re.Match[str], *, between: str | None) -> Token:
    text = fold(match[0])
    value, part = None, False
    if match["number"]:
        value = Decimal(text)
    elif match["vulgar"]:
        value, part = rounded(Decimal(str(unicodedata.numeric(match[0])))), True
    elif match["fraction"]:
        above, below = (Decimal(side) for side in re.split(r"\s*[/⁄]\s*", text))
        value = rounded(above / below) if below else None
        part = value is not None and value < 1
    dash = between is not None and between.strip() in {"-", "–", "—"}
    return Token(text, match.start(), match.end(), value, part, between == "", dash)


class _Reader:
    """Reads an amount from tokens, from a position on."""

    def __init__(self, found: list[Token], at: int) -> None:
        self.found = found
        self.at = at

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.found[place] if place < len(self.found) else None

    def take(self, *texts: str) -> bool:
        token = self.peek()
        if token is None or token.text not in texts:
            return False
        self.at += 1
        return True

    def amount(self) -> Amount | None:
        quantity = self._quantity()
        if quantity is None:
            return None
        self.take("x")
        unit = self._unit()
        return Amount(rounded(quantity), unit)

    def _quantity(self) -> Decimal | None:
        token = self.peek()
        if token is None:
            return None
        if token.text in _ARTICLES:
            return self._article()
        if unit_named(token.text) == "dozen":  # "dozen eggs": the unit is read after this
            return Decimal(1)
        return self._numeral(token)

    def _numeral(self, token: Token) -> Decimal | None:
        if token.value is not None:
            self.at += 1
            return token.value + (self._part_after() if not token.part else 0)
        if token.text in _PARTS:
            self.at += 1
            self.take("of")
            self.take(*_ARTICLES)
            return _PARTS[token.text]
        if token.text in _NUMBERS:
            self.at += 1
            return self._number_words(_NUMBERS[token.text]) + self._part_after()
        return None

    def _article(self) -> Decimal | None:
        """A dozen, a couple of, a half, a bottle; an "a" at the end is no amount."""
        following = self.peek(1)
        if following is None:
            return None
        self.at += 1
        if self.take(*_COUPLE):
            self.take("of")
            return Decimal(2)
        numeral = self._numeral(following) if following.value is None else None
        return Decimal(1) if numeral is None else numeral

    def _number_words(self, value: Decimal) -> Decimal:
        following = self.peek()
        small = _NUMBERS.get(following.text) if following is not None else None
        if small is not None and 20 <= value < 100 and 0 < small < 10:  # twenty five
            self.at += 1
            return value + small
        if small == 100:
            self.at += 1
            return value * small
        return value

    def _part_after(self) -> Decimal:
        """The half of 1 1/2, 1½, one and a half; zero when there is none."""
        start = self.at
        self.take("and")
        joined = self.at > start
        self.take(*_ARTICLES)
        token = self.peek()
        if token is not None and (token.part or (joined and token.text in _PARTS)):
            self.at += 1
            return token.value if token.value is not None else _PARTS[token.text]
        self.at = start
        return Decimal(0)

    def _unit(self) -> str | None:
        token = self.peek()
        unit = unit_named(token.text) if token is not None and token.value is None else None
        if unit is not None:
            self.at += 1
        return unit


def read_amount(found: list[Token], at: int = 0) -> tuple[Amount, int] | None:
    """The amount that begins at a token, and the index of the token after it."""
    reader = _Reader(found, at)
    amount = reader.amount()
    return (amount, reader.at) if amount is not None else None

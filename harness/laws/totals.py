"""Money: an order costs what its lines cost, at the catalogue's prices."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.effects import Effect
from harness.laws.reading import dig, whole
from harness.model import Frozen, History, Json, Judgement, Record


class LinePaths(Frozen):
    """Where the figures stand: the first two in the value, the others in each line."""

    lines: str = "body.lines"
    total: str = "body.total.amount"
    product: str = "productId"
    quantity: str = "quantity"
    price: str = "unitPrice.amount"
    line_total: str = "lineTotal.amount"


class Totals(BaseLaw):
    """The total is the sum of its lines, each line is quantity times the catalogue's price.

    Rounded half up to a whole minor unit. ``shown`` are the records that show an entity with its
    lines; ``asked`` (with the path ``asked_amount``) is what is asked of a payment provider for
    it: the same total.
    """

    kind: Literal["totals"] = "totals"
    shown: tuple[str, ...]
    prices: dict[str, int]
    """Product → price of one, in minor units."""
    paths: LinePaths = LinePaths()
    asked: Effect | None = None
    asked_amount: str = "amount"

    def judge(self, history: History) -> Judgement:
        """Add up each shown entity once."""
        tally = Tally(self.name)
        totals: dict[str, tuple[int, Record]] = {}
        for name in self.shown:
            for record in history.by_name.get(name, ()):
                total = whole(dig(record.value, self.paths.total))
                if record.kind == "ok" and total is not None:
                    tally.saw += 1
                    self._add_up(tally, record, total)
                    if record.key is not None:
                        totals[record.key] = total, record
        if self.asked is not None:
            self._asked(tally, self.asked, history, totals)
        return tally.judgement(f"no total was shown by {', '.join(self.shown)}")

    def _add_up(self, tally: Tally, record: Record, total: int) -> None:
        lines = dig(record.value, self.paths.lines)
        if not isinstance(lines, list):
            return
        sums = [self._line(tally, record, line) for line in lines]
        known = [s for s in sums if s is not None]
        if len(known) == len(sums) and sum(known) != total:
            tally.breach(
                "total",
                f"{record.key}: the total is {total}, its {len(lines)} lines add up to "
                f"{sum(known)}",
                [record], key=record.key,
            )  # fmt: skip

    def _line(self, tally: Tally, record: Record, line: Json) -> int | None:
        """What the line costs by the catalogue; None where that can't be read."""
        paths = self.paths
        product, quantity = dig(line, paths.product), _decimal(dig(line, paths.quantity))
        price, cost = whole(dig(line, paths.price)), whole(dig(line, paths.line_total))
        if product not in self.prices:
            tally.breach(
                "unknown product", f"{record.key}: {product!r} is no product of the catalogue",
                [record], key=record.key,
            )  # fmt: skip
            return None
        due = self.prices[product]
        if price is not None and price != due:
            tally.breach(
                "price", f"{record.key}: {product} is priced {price}, the catalogue says {due}",
                [record], key=record.key,
            )  # fmt: skip
        if quantity is None:
            return cost
        expected = int((due * quantity).quantize(Decimal(1), ROUND_HALF_UP))
        if cost is not None and cost != expected:
            tally.breach(
                "line total",
                f"{record.key}: {quantity} of {product} cost {cost}, at {due} they are {expected}",
                [record], key=record.key,
            )  # fmt: skip
        return expected

    def _asked(
        self, tally: Tally, asked: Effect, history: History, totals: dict[str, tuple[int, Record]]
    ) -> None:
        for record in history.by_name.get(asked.record, ()):
            amount = whole(dig(record.value, self.asked_amount))
            if amount is None or record.key not in totals:
                continue
            total, shown = totals[record.key]
            if amount != total:
                tally.breach(
                    "asked",
                    f"{record.key}: {asked.record} was asked for {amount}, the total is {total}",
                    [record, shown], key=record.key,
                )  # fmt: skip


def _decimal(value: Json) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None


def totals(
    shown: tuple[str, ...] | str,
    prices: Mapping[str, int],
    *,
    paths: LinePaths | None = None,
    asked: Effect | None = None,
    asked_amount: str = "amount",
    name: str = "",
) -> Totals:
    """What the records ``shown`` cost is the sum of their lines at these ``prices``."""
    return Totals(
        name=name or "totals are the sum of lines at catalogue prices",
        shown=(shown,) if isinstance(shown, str) else shown,
        prices=dict(prices), paths=paths or LinePaths(), asked=asked, asked_amount=asked_amount,
    )  # fmt: skip

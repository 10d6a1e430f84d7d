from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.laws import effect, totals
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

READ = "GET /orders/{id}"
PRICES = {"rice": 1000, "beans": 333}
LAW = totals(READ, PRICES, asked=effect("pay.initialize"))


def line(product: str, quantity: float, cost: int, price: int | None = None) -> dict[str, Any]:
    unit = PRICES.get(product, 1) if price is None else price
    money = {"unitPrice": {"amount": unit}, "lineTotal": {"amount": cost}}
    return {"productId": product, "quantity": quantity, **money}


def shown(total: int | str | None, *lines: dict[str, Any]) -> Telling:
    body: dict[str, Any] = {"lines": list(lines)}
    if total is not None:
        body["total"] = {"amount": total}
    return Telling().call(READ, 0, key="a", status=200, body=body)


def test_passes_a_total_that_is_the_sum_of_its_lines() -> None:
    judged = LAW.judge(shown(2500, line("rice", 2, 2000), line("beans", 1.5, 500)).history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)


def test_fails_another_total() -> None:
    found = the_finding(LAW.judge(shown(2001, line("rice", 2, 2000)).history))
    assert found.title == "a: the total is 2001, its 1 lines add up to 2000"


def test_fails_a_price_that_is_not_the_catalogues() -> None:
    judged = LAW.judge(shown(2000, line("rice", 2, 2000, price=1)).history)
    assert "rice is priced 1, the catalogue says 1000" in titles(judged)


def test_fails_a_line_that_costs_something_else() -> None:
    assert "at 1000 they are 2000" in titles(LAW.judge(shown(5, line("rice", 2, 5)).history))


def test_fails_a_product_that_nobody_sells() -> None:
    assert "'gold' is no product" in titles(LAW.judge(shown(1, line("gold", 1, 1)).history))


def test_fails_when_another_amount_is_asked_of_the_provider() -> None:
    told = shown(1000, line("rice", 1, 1000))
    told.call("pay.initialize", 1, key="a", feed="double", asked={"amount": 1}, status=200)
    assert "was asked for 1, the total is 1000" in the_finding(LAW.judge(told.history)).title


def test_figures_that_are_hidden_are_not_judged() -> None:
    assert LAW.judge(shown("<number>").history).verdict is Verdict.UNKNOWN


def test_is_unknown_when_no_total_was_shown() -> None:
    assert LAW.judge(shown(None).history).verdict is Verdict.UNKNOWN


@given(st.lists(st.tuples(st.sampled_from(sorted(PRICES)), st.integers(1, 50)), min_size=1))
def test_any_honest_bill_passes_and_one_unit_more_fails(bill: list[tuple[str, int]]) -> None:
    lines = [line(product, n, n * PRICES[product]) for product, n in bill]
    total = sum(n * PRICES[product] for product, n in bill)
    assert LAW.judge(shown(total, *lines).history).verdict is Verdict.PASS
    assert LAW.judge(shown(total + 1, *lines).history).verdict is Verdict.FAIL

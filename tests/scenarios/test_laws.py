"""Larder's laws, held against the life of one order as a history shows it."""

import pytest

import scenarios.laws as larder
from harness.laws import BaseLaw, dump, judge_all, load
from harness.model import Verdict
from tests.harness.laws.telling import Telling

PARAMETERS = {
    "RetryWaits": "1,1,1,2,2", "ProviderTimeout": "1", "BreakerThreshold": "5",
    "BreakerRecovery": "3", "ProbeLease": "2", "RedriveDelays": "1,2,4", "StallAfter": "6",
    "RateLimits": '{"standard": {"limit": 12, "window": 4}}',
}  # fmt: skip
LAWS = [law for law in vars(larder).values() if isinstance(law, BaseLaw)]
PATH = ("PENDING_MATCHING", "MATCHED", "PAYMENT_INITIATED", "PAID", "FULFILLED")


def submitted(key: str = "o-1") -> Telling:
    asked = {"identity": "ann"}
    told = Telling(**PARAMETERS).call(larder.SUBMIT, 0, key=key, asked=asked, status=202)
    return told.call(larder.SUBMIT, 0.1, "fail", asked=asked, status=400)


def fulfilled(key: str = "o-1") -> Telling:
    """One order from its list to its end."""
    told = submitted(key)
    told.call(larder.INITIALIZE, 1.2, key=key, feed="double", asked={"amount": 1_960_000})
    told.saw("paystack.charge", 2.5, key, "double", reference="ldr-1", amount=1_960_000)
    for n, state in enumerate(PATH):
        paid = {"chargedReference": "ldr-1"} if n >= PATH.index("PAID") else {}
        told.step(key, 0.5 + n, PATH[n - 1] if n else None, state, **paid)
        told.saw("bus.order.status", 0.6 + n, key, version=n + 1, to=state)
    rate = {"x-ratelimit-limit": "12", "x-ratelimit-remaining": "11"}
    body = {
        "total": {"amount": 1_960_000},
        "lines": [
            {
                "productId": "grains-001",
                "quantity": 2,
                "unitPrice": {"amount": 980_000},
                "lineTotal": {"amount": 1_960_000},
            }
        ],
    }
    told.call(
        larder.READ, 6, key=key, asked={"identity": "ann"}, status=200, body=body,
        headers={**rate, "x-ratelimit-reset": "1795132808"},
    )  # fmt: skip
    return told.settled(9)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_each_can_be_carried_by_a_header(law: BaseLaw) -> None:
    assert load(dump(law)) == law


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_each_is_unknown_where_nothing_happened_and_crashes_nowhere(law: BaseLaw) -> None:
    (judged,) = judge_all(Telling(**PARAMETERS).history, [law])
    assert judged.verdict is Verdict.UNKNOWN
    assert judged.unknown is not None
    assert judged.unknown.value == "nothing seen"


def test_the_names_are_all_different() -> None:
    assert len({law.name for law in LAWS}) == len(LAWS)


def test_an_order_that_goes_well_breaks_no_law() -> None:
    judged = judge_all(fulfilled().history, larder.ALWAYS)
    assert {j.law: j.verdict for j in judged} == {j.law: Verdict.PASS for j in judged}


def test_an_order_that_is_fulfilled_unpaid_breaks_the_law_that_says_so() -> None:
    history = fulfilled().history.only(lambda r: r.name != "paystack.charge")
    broken = {j.law for j in judge_all(history, larder.ALWAYS) if j.verdict is Verdict.FAIL}
    assert larder.PAID_FIRST.name in broken


def test_the_catalogue_has_a_price_for_every_product() -> None:
    assert len(larder.prices()) >= 60
    assert min(larder.prices().values()) > 0

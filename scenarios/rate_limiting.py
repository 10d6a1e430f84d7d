"""A limit is a limit: exactly so many in a window, nobody under it refused, and it ends."""

import json

from hypothesis import strategies as st

from harness import Budget, Stage, scenario
from scenarios.doors import By, door
from scenarios.laws import RATE_LIMIT
from scenarios.shop import Shop
from scenarios.waiting import windows_over

TIER = "standard"


@scenario(
    work=st.lists(st.integers(4, 20), min_size=3, max_size=4),
    laws=[RATE_LIMIT],
    budget=Budget(cases=2),
)
def rate_limiting(stage: Stage, work: list[int]) -> None:
    """Bursts of several customers at once, by either door, each counted for itself; the window
    resets."""
    shop = Shop(stage, tier=TIER)
    bursts = [
        (shop.customer(2 * who + side), count, door(stage, by))
        for who, count in enumerate(work)
        for side, by in enumerate(By)
    ]

    answers = stage.together(
        through.browse(customer) for customer, count, through in bursts for _ in range(count)
    )
    refused = [said for said in answers if not said.ok]
    assert {said.refusal for said in refused} <= {"RATE_LIMIT_EXCEEDED"}, "not served, not limited"
    window = json.loads(stage.parameter("RateLimits"))[TIER]["window"]
    for said in refused:
        assert 1 <= said.how["retryAfter"] <= window, "a refusal doesn't say when to come back"

    latest = stage.together([door(stage, By.REST).browse(shop.customer(99))])
    stage.until(windows_over([*answers, *latest]))
    after = stage.together(through.browse(who) for who, _, through in bursts)
    assert all(said.ok for said in after), "the window did not reset"

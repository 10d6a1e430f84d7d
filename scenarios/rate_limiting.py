"""A limit is a limit: exactly so many in a window, nobody under it refused, and it ends."""

from hypothesis import strategies as st

from harness import Budget, Stage, scenario
from scenarios.laws import RATE_LIMIT
from scenarios.shop import Shop
from scenarios.waiting import windows_over


@scenario(
    work=st.lists(st.integers(4, 20), min_size=3, max_size=4),
    laws=[RATE_LIMIT],
    budget=Budget(cases=2),
)
def rate_limiting(stage: Stage, work: list[int]) -> None:
    """Bursts of several customers at once, each counted for itself; the window resets."""
    shop = Shop(stage, tier="standard")
    bursts = [(shop.customer(who), count) for who, count in enumerate(work)]

    answers = stage.together(
        stage.rest.call("listProducts", customer, query={"limit": 1})
        for customer, count in bursts
        for _ in range(count)
    )
    assert {a.status for a in answers} <= {200, 429}, "neither served nor limited"

    stage.until(windows_over(answers))
    after = stage.together(stage.rest.call("listProducts", who) for who, _ in bursts)
    assert all(a.status == 200 for a in after), "the window did not reset"

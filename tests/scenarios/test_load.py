"""Who shops at Larder under load, and for what."""

from types import SimpleNamespace
from typing import Any

from harness.load.preparing import Prepared, Wanted
from scenarios.load.customers import baskets_of, prepare


class Till:
    """Stands in for every double: remembers what it was told."""

    def __init__(self) -> None:
        self.known: dict[str, list[dict[str, Any]]] = {}
        self.paid: list[str] = []

    def knows(self, text: str, items: list[dict[str, Any]]) -> None:
        self.known[text] = items

    def token(self, subject: str, **claims: str) -> str:
        return f"token of {subject}"

    async def pay(self, reference: str) -> None:
        self.paid.append(reference)


def prepared(seed: int = 0, run: str = "r") -> tuple[Prepared, Till]:
    till = Till()
    stage: Any = SimpleNamespace(run=run, double=lambda name: till)
    return prepare(stage, Wanted(customers=3, journeys=40, seed=seed)), till


def test_equal_seeds_want_equal_baskets_and_more_of_them_begin_alike() -> None:
    assert baskets_of(7, 30) == baskets_of(7, 30)
    assert baskets_of(7, 40)[:30] == baskets_of(7, 30)
    assert baskets_of(7, 30) != baskets_of(8, 30)


def test_the_model_knows_every_list_that_is_wanted() -> None:
    made, till = prepared()
    assert len(made.wishes) == 40
    assert {wish["text"] for wish in made.wishes} == till.known.keys()


def test_every_customer_and_every_list_is_of_this_run_alone() -> None:
    first, second = (prepared(run=run)[0] for run in ("r1", "r2"))
    assert len({c.token for c in first.customers}) == 3
    assert not {c.subject for c in first.customers} & {c.subject for c in second.customers}
    assert not {w["key"] for w in first.wishes} & {w["key"] for w in second.wishes}
    assert [w["text"] for w in first.wishes] == [w["text"] for w in second.wishes]


async def _paid(made: Prepared) -> None:
    await made.errands["pay"](reference="ldr-1")


def test_paying_is_an_errand_at_the_providers_page() -> None:
    made, till = prepared()
    work = _paid(made).__await__()
    for _ in work:
        raise AssertionError("it waits for nothing here")
    assert till.paid == ["ldr-1"]

"""The order of units for several workers."""

from hypothesis import given
from hypothesis import strategies as st

from harness.items.dealing import dealt

ITEMS = st.lists(st.integers(0, 1000), unique=True, max_size=60)


def waits(item: int) -> bool:
    return item % 7 == 0


@given(ITEMS, st.integers(1, 5))
def test_every_item_is_dealt_once(items: list[int], hands: int) -> None:
    assert sorted(dealt(items, hands, waits)) == sorted(items)


def test_each_hand_begins_with_its_share_of_those_that_wait() -> None:
    items = [0, 7, 14, 1, 2, 3, 4, 5]
    assert dealt(items, 2, waits) == [0, 14, 1, 2, 7, 3, 4, 5]


def test_one_worker_runs_those_that_wait_first() -> None:
    assert dealt([1, 7, 2, 0], 1, waits) == [7, 0, 1, 2]

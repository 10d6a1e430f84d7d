"""The order of units for several workers."""

from hypothesis import given
from hypothesis import strategies as st

from harness.items.dealing import Manner, dealt, hands_of

ITEMS = st.lists(st.integers(0, 1000), unique=True, max_size=60)


def manner(item: int) -> Manner:
    if item % 7 == 0:
        return Manner.WAITS
    return Manner.READS if item % 2 == 0 else Manner.LEAVES


@given(ITEMS, st.integers(1, 5))
def test_every_item_is_dealt_once(items: list[int], hands: int) -> None:
    assert sorted(dealt(items, hands, manner)) == sorted(items)


@given(ITEMS, st.integers(1, 5))
def test_no_scenario_comes_after_what_leaves_entities_behind(items: list[int], hands: int) -> None:
    for hand in hands_of(items, hands, manner):
        left = False
        for each in map(manner, hand):
            assert not (left and each is Manner.WAITS)
            left = left or each is Manner.LEAVES


def test_one_hand_waits_first_and_longer_while_the_others_read() -> None:
    items = [0, 7, 14, 1, 3, 5, 2, 4]
    assert hands_of(items, 2, manner) == [[0, 7, 1, 3], [2, 4, 14, 5]]


def test_one_worker_waits_first() -> None:
    assert dealt([1, 7, 2, 0], 1, manner) == [7, 0, 1, 2]

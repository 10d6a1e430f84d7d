"""Which worker gets which unit next."""

from hypothesis import given
from hypothesis import strategies as st

from harness.items.dealing import FIRST, NOW, OTHERS, Manner, order_of, preferred

MANNERS = st.lists(st.sampled_from(Manner), max_size=40)


def drawn(manners: list[Manner], order: tuple[Manner, ...]) -> list[int]:
    """What one worker alone would get, in this order."""
    pending, taken = list(range(len(manners))), []
    while (chosen := preferred(pending, manners, order)) is not None:
        pending.remove(chosen)
        taken.append(chosen)
    return taken


@given(MANNERS)
def test_the_first_worker_leaves_nothing_undone(manners: list[Manner]) -> None:
    assert sorted(drawn(manners, FIRST)) == list(range(len(manners)))


@given(MANNERS)
def test_what_follows_scenarios_is_the_first_workers_alone(manners: list[Manner]) -> None:
    others = drawn(manners, OTHERS)
    assert sorted(others) == [at for at, m in enumerate(manners) if m is not Manner.FOLLOWS]


@given(MANNERS, st.sampled_from((FIRST, OTHERS, NOW)))
def test_no_scenario_comes_after_what_leaves_entities_behind(
    manners: list[Manner], order: tuple[Manner, ...]
) -> None:
    came = [manners[at] for at in drawn(manners, order)]
    if Manner.LEAVES in came and Manner.WAITS in came:
        last = len(came) - 1 - came[::-1].index(Manner.WAITS)
        assert last < came.index(Manner.LEAVES)


def test_one_waits_first_while_the_others_read() -> None:
    manners = [Manner.LEAVES, Manner.WAITS, Manner.FOLLOWS, Manner.READS, Manner.WAITS]
    assert drawn(manners, FIRST) == [1, 4, 2, 0, 3]
    assert drawn(manners, OTHERS) == [3, 1, 4, 0]


def test_units_of_a_manner_keep_their_order() -> None:
    assert drawn([Manner.READS] * 5, OTHERS) == [0, 1, 2, 3, 4]


def test_a_worker_holds_no_scenario_behind_another_while_there_is_something_to_read() -> None:
    left = [Manner.WAITS, Manner.WAITS, Manner.READS, Manner.LEAVES]
    assert order_of(left, first=False, behind=Manner.READS)[0] is Manner.WAITS
    assert order_of(left, first=False, behind=None)[0] is Manner.WAITS
    assert order_of(left, first=False, behind=Manner.WAITS)[0] is Manner.READS


def test_others_read_while_there_is_more_to_read_than_scenarios() -> None:
    left = [Manner.WAITS, Manner.READS, Manner.READS]
    assert order_of(left, first=False, behind=None) == OTHERS
    assert order_of(left, first=True, behind=None) == FIRST

"""Which worker gets which unit next."""

from hypothesis import given
from hypothesis import strategies as st

from harness.items.dealing import FIRST, OTHERS, Manner, preferred

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


@given(MANNERS, st.sampled_from((FIRST, OTHERS)))
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

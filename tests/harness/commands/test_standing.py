"""The socket by which a standing stage is lent: whoever comes, and however they go away."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.commands import standing
from harness.commands.standing import Doorkeeper, ask_down, borrowed, door
from harness.model import HarnessError
from harness.targets import Endpoint, Python

ENDPOINT = Endpoint(
    target="embedded",
    url="http://127.0.0.1:9",
    region="eu-west-1",
    credentials={},
    python=Python(version="3.11", platform=""),
    capabilities={},
    log=Path("emulator.log"),
)


def nothing() -> None:
    """The stage is well."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def keeper(root: Path) -> Iterator[Doorkeeper]:
    with Doorkeeper(root) as made:
        yield made


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as made:
        yield made


def lends_once(keeper: Doorkeeper) -> str:
    """What ``up`` does with one visitor; the visitor's wish."""
    wish, peer = keeper.wait(nothing)
    keeper.lend(peer, ENDPOINT)
    return wish


def borrows(root: Path) -> Endpoint:
    with borrowed(root) as endpoint:
        return endpoint


def knock(root: Path) -> socket.socket:
    """A visitor who has said nothing yet."""
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(str(door(root)))
    return peer


def test_a_borrower_is_told_where_the_stage_is(
    root: Path, keeper: Doorkeeper, pool: ThreadPoolExecutor
) -> None:
    up: Future[str] = pool.submit(lends_once, keeper)
    assert borrows(root) == ENDPOINT
    assert up.result(10) == "borrow"


def test_a_second_up_is_refused_and_the_first_goes_on(
    root: Path, keeper: Doorkeeper, pool: ThreadPoolExecutor
) -> None:
    up = pool.submit(lends_once, keeper)
    with pytest.raises(HarnessError, match="already stands"):
        Doorkeeper(root)
    assert borrows(root) == ENDPOINT
    assert up.result(10) == "borrow"


def test_a_visitor_who_goes_away_without_a_word_is_nobody(
    root: Path, keeper: Doorkeeper, pool: ThreadPoolExecutor
) -> None:
    up = pool.submit(lends_once, keeper)
    knock(root).close()
    assert borrows(root) == ENDPOINT
    assert up.result(10) == "borrow"


def test_a_borrower_who_is_gone_before_it_was_served_has_given_it_back(
    root: Path, keeper: Doorkeeper
) -> None:
    with knock(root) as peer:
        peer.sendall(b"borrow\n")
    assert lends_once(keeper) == "borrow"


def test_down_waits_until_it_is_down(root: Path, pool: ThreadPoolExecutor) -> None:
    with Doorkeeper(root) as keeper:
        asked = pool.submit(ask_down, root)
        wish, peer = keeper.wait(nothing)
        assert wish == "down"
        assert not asked.done()
    peer.close()
    asked.result(10)


def test_a_stage_that_is_in_use_is_said_to_be(
    root: Path, keeper: Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "_SECONDS", 0.05)
    with pytest.raises(HarnessError, match="in use") as caught:
        ask_down(root)
    assert "try again" in caught.value.mend
    assert keeper is not None


def test_a_borrower_is_told_when_the_stage_is_taken_down_instead(
    root: Path, pool: ThreadPoolExecutor
) -> None:
    with Doorkeeper(root) as keeper:
        asked = pool.submit(borrows, root)
        _, peer = keeper.wait(nothing)
        peer.close()
    with pytest.raises(HarnessError, match="just taken down"):
        asked.result(10)


def test_a_stage_that_died_ends_the_waiting(keeper: Doorkeeper) -> None:
    def died() -> None:
        raise HarnessError("the emulator died")

    with pytest.raises(HarnessError, match="died"):
        keeper.wait(died)


def test_what_one_that_was_killed_left_is_no_stage(root: Path) -> None:
    door(root).parent.mkdir()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(door(root)))
    with pytest.raises(HarnessError, match="no stage stands here"):
        borrows(root)
    with Doorkeeper(root):
        assert door(root).exists()
    assert not door(root).exists()


def test_a_project_may_lie_deeper_than_a_sockets_address_is_long(
    root: Path, pool: ThreadPoolExecutor
) -> None:
    deep = root / ("deep-" * 30)
    deep.mkdir()
    with Doorkeeper(deep) as keeper:
        up = pool.submit(lends_once, keeper)
        assert borrows(deep) == ENDPOINT
        assert up.result(10) == "borrow"


def test_only_its_owner_may_come_in(root: Path, keeper: Doorkeeper) -> None:
    assert door(root).stat().st_mode & 0o077 == 0
    assert keeper is not None

"""A function on an emulator is asked to call this machine before a stage is put there."""

from collections.abc import Iterator

import pytest

from harness.targets import Aws, Endpoint, TargetError, TargetSettings, open_target
from harness.targets.reach import _listening, _try, try_loopback


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with open_target("embedded", TargetSettings()) as target:
        yield target.start(lambda _: None)


def _left(endpoint: Endpoint) -> list[str]:
    functions = Aws.of(endpoint).client("lambda").list_functions()["Functions"]
    return [each["FunctionName"] for each in functions]


def test_functions_that_share_the_loopback_reach_it_and_nothing_is_left(endpoint: Endpoint) -> None:
    try_loopback(endpoint)
    assert _left(endpoint) == []


def test_functions_that_do_not_reach_it_are_told_with_what_to_do(endpoint: Endpoint) -> None:
    with _listening() as (gone, _):
        pass  # nobody listens there any more, as in a container with a network of its own
    with pytest.raises(TargetError, match="can't reach this machine's loopback") as told:
        _try(endpoint, gone, "word")
    assert "docker-compose.yml" in told.value.mend
    assert _left(endpoint) == []


def test_somebody_else_at_that_address_is_not_taken_for_us(endpoint: Endpoint) -> None:
    with _listening() as (url, _), pytest.raises(TargetError, match="can't reach"):
        _try(endpoint, url, "another word")

"""The front as the engine uses it."""

import socket
from collections.abc import Callable

import pytest

from harness.targets import TargetError
from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import Client, Functions, stage

Open = Callable[..., AppSyncFront]


def test_it_listens_on_loopback_alone(client: Client) -> None:
    assert client.front.graphql_url.startswith("http://127.0.0.1:")
    assert client.front.realtime_url.startswith("ws://127.0.0.1:")


def test_its_addresses_stand_for_the_stacks_outputs(client: Client) -> None:
    assert client.front.outputs == {"GraphQL": client.front.graphql_url}
    assert client.front.api_keys == {"Key": "da2-good"}


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        front = AppSyncFront(stage(), invoke=Functions(), port=taken.getsockname()[1])
        with pytest.raises(TargetError, match=r"can't listen.*\n.*another port"):
            front.start()


def test_stopping_twice_or_before_the_start_is_harmless(open_front: Open) -> None:
    AppSyncFront(stage(), invoke=Functions()).stop()
    front = open_front()
    front.stop()
    front.stop()


def test_a_mistake_of_the_fronts_own_is_kept_and_answered(open_front: Open) -> None:
    client = Client(open_front())

    def mistake(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    client.front._hub.publish = mistake  # type: ignore[method-assign]
    answer = client.post({"query": 'mutation { write(input: {id: "1"}) { id } }'})
    assert (answer.status, answer.json()["errors"][0]["errorType"]) == (500, "InternalFailure")
    assert [str(error) for error in client.front.errors] == ["ours"]

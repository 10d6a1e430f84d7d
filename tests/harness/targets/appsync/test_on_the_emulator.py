"""The notes on a real target: its functions invoked through its own endpoint."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.deploy import Application, PackageSettings, apply
from harness.model import Capability, Measured
from harness.targets import Endpoint
from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import TEMPLATE, Client, signed


@pytest.fixture(scope="module")
def front(embedded: Endpoint) -> Iterator[AppSyncFront]:
    served = Measured(Capability.APPSYNC, has=True, how="by the front")
    stage = apply(
        Application(
            root=TEMPLATE.parent, template=TEMPLATE, package=PackageSettings(), base_url=None
        ),
        replace(embedded, capabilities={**embedded.capabilities, Capability.APPSYNC: served}),
        stack="notes",
        parameters={},
        environment={},
        signal=lambda _: None,
    )
    made = AppSyncFront(stage)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(front: AppSyncFront) -> Client:
    """Somebody with the key that the stack gave out."""
    return Client(front, {"x-api-key": front.api_keys["Key"]})


def test_a_function_is_asked(client: Client) -> None:
    assert client.ask('{ note(id: "1") { id text } }') == {
        "data": {"note": {"id": "1", "text": "hello"}}
    }


def test_its_error_is_the_fields(client: Client) -> None:
    answer = client.ask('{ note(id: "broken") { id } }')
    assert answer["data"] == {"note": None}
    [error] = answer["errors"]
    assert (error["errorType"], error["message"]) == ("Lambda:Unhandled", "no such page")


def test_lists_come_whole_and_are_asked_for_in_batches(client: Client) -> None:
    answer = client.ask("{ notes(limit: 3) { items { id related { id } } } }")
    assert answer["data"]["notes"]["items"] == [
        {"id": str(n), "related": [{"id": f"{n}-r"}]} for n in range(3)
    ]


def test_a_pipeline_runs_in_order(client: Client) -> None:
    answer = client.ask('mutation { write(input: {id: "1"}) { id must } }')
    assert answer == {"data": {"write": {"id": "1", "must": "yes"}}}


def test_the_authorizer_function_lets_in_whom_it_knows(client: Client) -> None:
    query = '{ note(id: "1") { id secret } }'
    answer = client.ask(query, authorization="let-me-in")
    assert answer["data"]["note"] == {"id": "1", "secret": None}
    assert client.post({"query": query}, authorization="let-him-in").status == 401


def test_the_stacks_output_gets_the_fronts_address(front: AppSyncFront) -> None:
    assert front.outputs == {"GraphQL": front.graphql_url}


def test_a_function_of_the_stack_may_sign(front: AppSyncFront) -> None:
    account = front.api.account
    query = {"query": 'mutation { publish(input: {id: "1"}) { id } }'}
    assert signed(front, query, key=account, secret="test") == {"data": {"publish": {"id": "1"}}}

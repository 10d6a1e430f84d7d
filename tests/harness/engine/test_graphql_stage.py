"""A stage with an AppSync API on a target that has none, through the way that verify takes."""

import asyncio

from gql import Client, GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.appsync_auth import AppSyncApiKeyAuthentication
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport

from harness.engine import Session
from harness.evidence import Folder

MOVE = "mutation ($id: ID!, $to: String!) { move(parcelId: $id, to: $to) { parcelId sequence } }"
MOVED = 'subscription { onMoved(parcelId: "p2") { parcelId place sequence } }'


def key_of(parcels: Session) -> str:
    return parcels.stage.deployed.outputs["ApiKey"]


def asked(parcels: Session, query: str, **variables: str) -> dict[str, object]:
    """What a foreign client, unmodified, is answered."""

    async def ask() -> dict[str, object]:
        transport = AIOHTTPTransport(
            parcels.stage.deployed.graphql_url, headers={"x-api-key": key_of(parcels)}
        )
        async with Client(transport=transport) as client:
            return dict(await client.execute(GraphQLRequest(query, variable_values=variables)))

    return asyncio.run(ask())


def test_the_stacks_outputs_are_the_fronts_addresses(parcels: Session) -> None:
    outputs = parcels.stage.deployed.outputs
    assert outputs["GraphQLUrl"].startswith("http://127.0.0.1:")
    assert outputs["RealtimeUrl"] == outputs["GraphQLUrl"].replace("http", "ws") + "/realtime"
    assert outputs["ApiArn"].startswith("arn:aws:appsync:eu-west-1:000000000000:apis/")
    assert outputs["ApiKey"].startswith("da2-")


def test_a_foreign_client_gets_its_answers(parcels: Session) -> None:
    assert asked(parcels, MOVE, id="p1", to="Lagos") == {"move": {"parcelId": "p1", "sequence": 1}}
    shown = asked(parcels, "query ($id: ID!) { parcel(parcelId: $id) { place } }", id="p1")
    assert shown == {"parcel": {"place": "Lagos"}}


def test_a_foreign_subscriber_hears_what_a_function_publishes(parcels: Session) -> None:
    url = parcels.stage.deployed.outputs["RealtimeUrl"]
    auth = AppSyncApiKeyAuthentication(url.split("/")[2], key_of(parcels))

    async def hear() -> dict[str, object]:
        async with Client(transport=AppSyncWebsocketsTransport(url, auth=auth)) as session:
            first = asyncio.ensure_future(anext(session.subscribe(gql(MOVED))))
            # gql doesn't say when it is subscribed: move until it hears.
            while not first.done():
                await asyncio.to_thread(asked, parcels, MOVE, id="p2", to="Ibadan")
                await asyncio.wait([first], timeout=0.2)
            return dict(first.result()["onMoved"])

    heard = asyncio.run(hear())
    assert (heard["parcelId"], heard["place"]) == ("p2", "Ibadan")


def test_the_function_was_told_the_address_before_it_was_deployed(parcels: Session) -> None:
    stage = parcels.stage
    name = stage.deployed.functions["AnnounceFunction"]
    shown = stage.aws.client("lambda").get_function_configuration(FunctionName=name)
    assert shown["Environment"]["Variables"]["GRAPHQL_URL"] == stage.deployed.graphql_url


def test_what_was_put_where_is_in_the_evidence(parcels: Session, evidence: Folder) -> None:
    [sheet] = evidence.sheets()
    url = parcels.stage.deployed.graphql_url
    assert f"AnnounceFunction: ParcelsApi.GraphQLUrl = {url}" in sheet.stood_in
    assert any(x.startswith("AppSyncMayInvoke: ParcelsApi.Arn = arn:") for x in sheet.stood_in)
    assert "ParcelsApi (AWS::AppSync::GraphQLApi): the target lacks appsync" in sheet.pruned

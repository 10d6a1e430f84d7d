"""gql 4, a client by other people, as it comes: over HTTP and over AppSync's realtime protocol."""

import asyncio
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.credentials import Credentials
from gql import Client as Gql
from gql import GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.appsync_auth import (
    AppSyncApiKeyAuthentication,
    AppSyncAuthentication,
    AppSyncIAMAuthentication,
    AppSyncJWTAuthentication,
)
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import (
    TransportClosed,
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)

from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import ISSUER, SECRET, signed
from tests.harness.targets.appsync.tokens import Issuer

pytestmark = pytest.mark.anyio

HOST = "notes.appsync-api.eu-west-1.amazonaws.com"


@pytest.fixture
def front(open_front: Callable[..., AppSyncFront], issuer: Issuer) -> AppSyncFront:
    return open_front(discovery={ISSUER: issuer.url})


def iam(secret: str = SECRET) -> AppSyncIAMAuthentication:
    credentials = Credentials("test", secret)
    return AppSyncIAMAuthentication(
        HOST, "eu-west-1", signer=SigV4Auth(credentials, "appsync", "eu-west-1"),
        credentials=credentials, session=botocore.session.Session(),
    )  # fmt: skip


async def publish(front: AppSyncFront, **note: Any) -> None:
    """As the application's own function would: signed."""
    query = "mutation($n: NoteInput!) { publish(input: $n) { id owner text } }"
    await asyncio.to_thread(signed, front, {"query": query, "variables": {"n": note}})


def http(front: AppSyncFront, **headers: str) -> Gql:
    return Gql(transport=AIOHTTPTransport(front.graphql_url, headers=headers))


def realtime(front: AppSyncFront, auth: AppSyncAuthentication) -> AppSyncWebsocketsTransport:
    return AppSyncWebsocketsTransport(front.graphql_url.replace("http", "ws"), auth=auth)


def on_note(**variables: Any) -> GraphQLRequest:
    query = "subscription($owner: String) { onNote(owner: $owner) { id text } }"
    return GraphQLRequest(query, variable_values=variables)


async def standing(front: AppSyncFront, count: int = 1) -> None:
    async with asyncio.timeout(5):
        while front.subscriptions != count:
            await asyncio.sleep(0.005)


async def test_gql_asks_over_http(front: AppSyncFront) -> None:
    async with http(front, **{"x-api-key": "da2-good"}) as session:
        assert await session.execute(gql('{ note(id: "7") { id text } }')) == {
            "note": {"id": "7", "text": "hello"}
        }


async def test_gql_reads_the_schema_by_introspection(front: AppSyncFront) -> None:
    transport = AIOHTTPTransport(front.graphql_url, headers={"x-api-key": "da2-good"})
    async with Gql(transport=transport, fetch_schema_from_transport=True) as session:
        assert session.client.schema is not None
        assert "AWSDateTime" in session.client.schema.type_map


async def test_gql_is_told_of_errors(front: AppSyncFront) -> None:
    async with http(front, **{"x-api-key": "da2-good"}) as session:
        with pytest.raises(TransportQueryError) as caught:
            await session.execute(gql('{ note(id: "broken") { id } }'))
        assert caught.value.errors is not None
        assert caught.value.errors[0]["errorType"] == "Lambda:Unhandled"
        assert caught.value.data == {"note": None}


async def test_gql_with_a_wrong_key_is_refused(front: AppSyncFront) -> None:
    async with http(front, **{"x-api-key": "da2-bad"}) as session:
        with pytest.raises(TransportQueryError, match="You are not authorized"):
            await session.execute(gql("{ bare }"))


@pytest.mark.parametrize("mode", ["key", "jwt", "iam"])
async def test_gql_subscribes(mode: str, front: AppSyncFront, issuer: Issuer) -> None:
    auths: dict[str, AppSyncAuthentication] = {
        "key": AppSyncApiKeyAuthentication(HOST, "da2-good"),
        "jwt": AppSyncJWTAuthentication(HOST, issuer.token()),
        "iam": iam(),
    }
    async with Gql(transport=realtime(front, auths[mode])) as session:
        stream = session.subscribe(on_note(owner="ada"))
        first = asyncio.ensure_future(anext(stream))
        await standing(front)
        await publish(front, id="0", owner="bob", text="not for ada")
        await publish(front, id="1", owner="ada", text="first")
        await publish(front, id="2", owner="ada", text="second")
        assert (await first)["onNote"] == {"id": "1", "text": "first"}
        assert (await anext(stream))["onNote"] == {"id": "2", "text": "second"}
        await stream.aclose()


async def test_gql_that_stops_listening_is_forgotten(front: AppSyncFront) -> None:
    auth = AppSyncApiKeyAuthentication(HOST, "da2-good")
    async with Gql(transport=realtime(front, auth)) as session:
        stream = session.subscribe(on_note())
        first = asyncio.ensure_future(anext(stream))
        await standing(front)
        await publish(front, id="1")
        assert (await first)["onNote"]["id"] == "1"
        await stream.aclose()
        await standing(front, 0)


@pytest.mark.parametrize(
    "auth",
    [AppSyncApiKeyAuthentication(HOST, "da2-bad"), AppSyncJWTAuthentication(HOST, "a.b.c"),
     iam("another secret")],
    ids=["key", "jwt", "iam"],
)  # fmt: skip
async def test_gql_is_not_connected_with_wrong_credentials(
    auth: AppSyncAuthentication, front: AppSyncFront
) -> None:
    with pytest.raises(TransportServerError, match=r"UnauthorizedException|InvalidSignature"):
        async with Gql(transport=realtime(front, auth)):
            pass


async def test_gql_may_not_subscribe_to_what_the_resolver_refuses(front: AppSyncFront) -> None:
    auth = AppSyncApiKeyAuthentication(HOST, "da2-good")
    async with Gql(transport=realtime(front, auth)) as session:
        with pytest.raises(TransportQueryError, match="not yours"):
            await anext(session.subscribe(on_note(owner="somebody-else")))


async def test_gql_reconnects_and_subscribes_again(open_front: Callable[..., AppSyncFront]) -> None:
    first = open_front()
    port = int(first.graphql_url.split(":")[2].partition("/")[0])
    auth = AppSyncApiKeyAuthentication(HOST, "da2-good")
    client = Gql(transport=realtime(first, auth))
    session = await client.connect_async(reconnecting=True, retry_connect=_often)
    stream = session.subscribe(on_note())
    waiting = asyncio.ensure_future(anext(stream))
    await standing(first)
    await asyncio.to_thread(first.stop)
    with pytest.raises(TransportConnectionFailed):
        await waiting
    second = open_front(port=port)
    again, message = await _subscribed_again(session, second)
    await publish(second, id="9", text="after the gap")
    assert (await message)["onNote"] == {"id": "9", "text": "after the gap"}
    await again.aclose()
    await client.close_async()


async def _subscribed_again(session: Any, front: AppSyncFront) -> tuple[Any, asyncio.Future[Any]]:
    """As callers of gql have to: try until the connection is there again."""
    async with asyncio.timeout(10):
        while True:
            stream = session.subscribe(on_note())
            message = asyncio.ensure_future(anext(stream))
            stands = asyncio.ensure_future(standing(front))
            await asyncio.wait([message, stands], return_when=asyncio.FIRST_COMPLETED)
            if stands.done():
                return stream, message
            assert isinstance(message.exception(), TransportClosed | TransportConnectionFailed)
            stands.cancel()
            await asyncio.sleep(0.02)


def _often(connect: Any) -> Any:
    async def tried() -> Any:
        async with asyncio.timeout(10):  # fail rather than hang
            while True:
                try:
                    return await connect()
                except Exception:
                    await asyncio.sleep(0.02)

    return tried

"""A stage with an AppSync API on a target that has none, through the way that verify takes."""

import asyncio

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.appsync_auth import AppSyncApiKeyAuthentication
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport

from harness import Seen, Step, fault
from harness.engine import Session, Stage
from harness.evidence import Folder
from harness.model import Identity, Json, Record

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


def who(parcels: Session, name: str) -> Identity:
    return parcels.identities[name]


def move(stage: Stage, sender: Identity, parcel: str, to: str) -> int:
    answer = stage.do(stage.graphql.call("move", sender, {"parcelId": parcel, "to": to}))
    assert answer.ok, answer
    return int(answer["move"]["sequence"])


def done(name: str, parcel: str, count: int = 1) -> Seen:
    return Seen(
        f"{name} of {parcel}", lambda r: (r.name, r.key, r.kind) == (name, parcel, "ok"), count
    )


def recorded(stage: Stage, name: str, parcel: str | None) -> list[Record]:
    return [r for r in stage.recorder.history.records if r.name == name and r.key == parcel]


def test_an_operation_is_a_call_of_the_history_with_its_entity(parcels: Session) -> None:
    stage = parcels.stage
    move(stage, who(parcels, "sender"), "p10", "Kano")
    start, end = recorded(stage, "mutation move", "p10")
    assert (start.kind, end.kind, start.call) == ("invoke", "ok", end.call)
    assert start.value["identity"] == "sender"
    assert start.value["variables"] == {"parcelId": "p10", "to": "Kano"}
    assert end.value["body"] == {"parcelId": "p10", "place": "Kano", "sequence": 1}
    assert key_of(parcels) not in str(start.value)


def test_what_a_function_publishes_is_recorded_once_and_what_we_ask_too(parcels: Session) -> None:
    stage = parcels.stage
    move(stage, who(parcels, "sender"), "p11", "Jos")
    stage.until(done("mutation publishMoved", "p11"), 20)
    assert len(recorded(stage, "mutation move", "p11")) == 2
    [start, end] = recorded(stage, "mutation publishMoved", "p11")
    assert (start.value["mode"], end.kind) == ("AWS_IAM", "ok")


def test_a_subscriber_hears_each_step(parcels: Session) -> None:
    stage, sender = parcels.stage, who(parcels, "sender")
    with stage.subscribe("onMoved", sender, {"parcelId": "p12"}) as updates:
        assert updates.refused is None
        for place in ("Aba", "Owerri"):
            move(stage, sender, "p12", place)
        stage.until(done("subscription onMoved", "p12", 2), 20)
    assert [m.value["place"] for m in updates.messages] == ["Aba", "Owerri"]


def test_a_stranger_is_refused_with_the_reason(parcels: Session) -> None:
    stage = parcels.stage
    with stage.subscribe("onMoved", who(parcels, "stranger"), {"parcelId": "p13"}) as updates:
        assert updates.refused is not None
        assert updates.refused.codes == ("UnauthorizedException",)
    assert [r.kind for r in recorded(stage, "subscribe onMoved", "p13")] == ["invoke", "fail"]


def test_a_subscriber_that_was_dropped_comes_back(parcels: Session) -> None:
    stage, sender = parcels.stage, who(parcels, "sender")
    with stage.subscribe("onMoved", sender, {"parcelId": "p14"}) as updates:
        updates.drop()
        stage.until(done("subscribe onMoved", "p14", 2), 20)
        move(stage, sender, "p14", "Uyo")
        stage.until(done("subscription onMoved", "p14"), 20)
    assert [m.value["place"] for m in updates.messages] == ["Uyo"]


def test_a_follower_closes_the_gap_that_being_away_left(parcels: Session) -> None:
    stage, sender = parcels.stage, who(parcels, "sender")

    async def present() -> list[Json] | None:
        answer = await stage.graphql.call("parcel", sender, {"parcelId": "p15"})
        return [answer["parcel"]] if answer.ok and answer["parcel"] else []

    def step(state: Json) -> Step | None:
        return state and Step.numbered(state["parcelId"], state["sequence"], state)

    move(stage, sender, "p15", "Ilorin")
    subscribed = {"parcelId": "p15"}
    with stage.follow("onMoved", sender, subscribed, present=present, step=step) as following:
        move(stage, sender, "p15", "Oyo")
        stage.until(done("followed onMoved", "p15", 2), 20)
        with following.away():
            last = [move(stage, sender, "p15", place) for place in ("Ife", "Ondo", "Akure")][-1]
            stage.until(done("mutation publishMoved", "p15", last), 20)
        stage.until(done("followed onMoved", "p15", 3), 20)
        move(stage, sender, "p15", "Lagos")
        stage.until(done("followed onMoved", "p15", 4), 20)
    assert [(s.sequence, s.via) for s in following.steps] == [
        (1, "query"), (2, "message"), (5, "query"), (6, "message"),
    ]  # fmt: skip


def test_only_a_signature_may_publish(parcels: Session) -> None:
    stage = parcels.stage
    parcel = {"parcel": {"parcelId": "p16", "place": "nowhere", "sequence": 1}}
    answers = {
        name: stage.do(stage.graphql.call("publishMoved", who(parcels, name), parcel))
        for name in ("operator", "sender", "stranger")
    }
    assert answers["operator"].ok
    assert answers["sender"].codes == ("Unauthorized",)
    assert (answers["stranger"].status, answers["stranger"].ok) == (401, False)


def test_a_signed_subscription_stands(parcels: Session) -> None:
    with parcels.stage.subscribe("onMoved", who(parcels, "operator"), {"parcelId": "p17"}) as ears:
        assert ears.refused is None


@pytest.mark.parametrize("do", ["error", "lose"])
def test_a_function_publishes_again_when_the_front_fails_it(parcels: Session, do: str) -> None:
    stage, parcel = parcels.stage, f"p18-{do}"
    planned = fault("appsync.publishMoved", do)
    with stage.running(f"case {do}"):
        stage.inject(planned)
        move(stage, who(parcels, "sender"), parcel, "Zaria")
        stage.until(done("mutation publishMoved", parcel), 30)
        assert stage.faults.not_fired() == ()
    failed = [r for r in recorded(stage, "mutation publishMoved", parcel) if r.fault]
    assert [(r.kind, r.fault) for r in failed] == [("info", planned.id)]


def test_a_query_of_the_storys_that_breaks_breaks_the_story(parcels: Session) -> None:
    async def present() -> list[Json] | None:
        raise AssertionError("not what it should be")

    stage, sender = parcels.stage, who(parcels, "sender")
    following = stage.follow(
        "onMoved", sender, {"parcelId": "p19"}, present=present, step=lambda _: None
    )
    with pytest.raises(AssertionError, match="not what it should be"), following:
        pass
    assert not following.subscription.stands

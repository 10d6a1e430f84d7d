"""Locust's line to the harness, spoken over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from harness.clients import RestRecords
from harness.load.desk import Address, Desk, address
from harness.load.preparing import Prepared
from harness.model import Header, Identity, Json
from harness.recorder import Recorder, Redaction
from harness.specs import ContractSettings, load_contracts

T = TypeVar("T")
KEYS = Path(__file__).parents[1] / "engine" / "contract" / "keys.yaml"
LOANS = Path(__file__).parents[2] / "apps" / "library_loans"


class Client:
    """Locust's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def tell(self, **message: Any) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            heard: dict[str, Any] = json.loads(await self._reader.readline())
        return heard


async def pay(reference: str) -> Json:
    if reference == "unknown":
        raise KeyError(reference)
    return {"paid": reference}


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "h.jsonl", Header(run="r"), redact=Redaction.allowing(["loanId"]))


@pytest.fixture
def desk(recorder: Recorder) -> Desk:
    api = load_contracts(ContractSettings(openapi="api.yaml"), LOANS).openapi
    return Desk(
        api=api,
        records=RestRecords(recorder, ["loanId"]),
        address=Address("http://127.0.0.1:1/", "X-Correlation-Id", "r-{}".format),
        prepared=Prepared([Identity("amina", "secret")], [{"days": 3}], {"pay": pay}),
    )


@asynccontextmanager
async def met(desk: Desk, folder: Path) -> AsyncIterator[Client]:
    await desk.open(folder / "line")
    reader, writer = await asyncio.open_unix_connection(folder / "line")
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        await desk.close()


def talk(desk: Desk, folder: Path, work: Callable[[Client], Awaitable[T]]) -> T:
    async def run() -> T:
        async with met(desk, folder) as client:
            return await work(client)

    return asyncio.run(run())


ASK: dict[str, Any] = {
    "do": "ask", "id": 7, "operation": "borrow", "who": "amina", "path": {}, "query": {},
    "headers": {"Idempotency-Key": "k"}, "body": {"isbn": "97", "days": 3},
}  # fmt: skip


def test_who_says_hello_is_told_who_comes_for_what(desk: Desk, tmp_path: Path) -> None:
    async def hello(client: Client) -> dict[str, Any]:
        client.tell(do="hello", id=1)
        return await client.hear()

    plan = talk(desk, tmp_path, hello)["plan"]
    assert plan["base_url"] == "http://127.0.0.1:1"
    assert plan["operations"]["getLoan"] == ["GET", "/loans/{loanId}"]
    assert plan["wishes"] == [{"days": 3}]
    assert plan["keys"]["getLoan"] == []  # it asks for tokens
    assert (plan["customers"][0]["token"], plan["customers"][0]["api_key"]) == ("secret", None)
    assert desk.met == 1


def test_a_customer_sends_an_api_key_where_the_contract_asks_for_one(
    desk: Desk, tmp_path: Path
) -> None:
    desk.api = load_contracts(ContractSettings(openapi=KEYS.name), KEYS.parent).openapi
    desk.prepared = Prepared([Identity("amina", None, api_key="hers")], [], {})

    async def hello(client: Client) -> dict[str, Any]:
        client.tell(do="hello", id=1)
        return await client.hear()

    plan = talk(desk, tmp_path, hello)["plan"]
    assert plan["keys"]["prices"] == ["X-Shop-Key"]
    assert (plan["customers"][0]["token"], plan["customers"][0]["api_key"]) == (None, "hers")


def test_a_request_is_in_the_history_before_its_customer_may_send_it(
    desk: Desk, recorder: Recorder, tmp_path: Path
) -> None:
    async def ask(client: Client) -> None:
        client.tell(**ASK)
        assert await client.hear() == {"id": 7, "correlation": "r-1"}
        (invoke,) = recorder.since(0)
        assert (invoke.kind, invoke.feed, invoke.name) == ("invoke", "client", "POST /loans")
        assert invoke.value["identity"] == "amina"
        assert invoke.value["headers"] == {"idempotency-key": "k"}
        assert invoke.value["body"]["isbn"] == "<str 2>"

    talk(desk, tmp_path, ask)


def test_its_answer_completes_the_call_and_tells_the_entity(
    desk: Desk, recorder: Recorder, tmp_path: Path
) -> None:
    async def ask(client: Client) -> None:
        client.tell(**ASK)
        await client.hear()
        body = {"loanId": "l1"}
        client.tell(do="answer", id=7, status=201, seconds=0.25, headers={}, body=body)
        client.tell(do="hello", id=8)
        await client.hear()  # messages are taken in order

    talk(desk, tmp_path, ask)
    _, answer = recorder.since(0)
    assert (answer.kind, answer.key) == ("ok", "l1")
    assert answer.value["seconds"] == 0.25


def test_an_answer_that_never_came_may_have_happened(
    desk: Desk, recorder: Recorder, tmp_path: Path
) -> None:
    async def ask(client: Client) -> None:
        client.tell(**ASK)
        await client.hear()
        why = "ConnectionResetError: reset by peer"
        client.tell(do="answer", id=7, status=None, seconds=1, headers={}, error=why)
        client.tell(do="hello", id=8)
        await client.hear()

    talk(desk, tmp_path, ask)
    _, answer = recorder.since(0)
    assert answer.kind == "info"
    assert answer.value["reason"] == "ConnectionResetError"


def test_an_errand_is_done_and_one_that_fails_says_why(desk: Desk, tmp_path: Path) -> None:
    async def errands(client: Client) -> list[dict[str, Any]]:
        told = []
        for n, (name, reference) in enumerate([("pay", "r1"), ("pay", "unknown"), ("steal", "r1")]):
            client.tell(do="errand", id=n, name=name, arguments={"reference": reference})
            told.append(await client.hear())
        return told

    done, failed, unknown = talk(desk, tmp_path, errands)
    assert done == {"id": 0, "result": {"paid": "r1"}}
    assert failed["error"] == "KeyError: 'unknown'"
    assert "no errand 'steal'; there are: pay" in unknown["error"]


def test_what_customers_say_is_counted_and_nonsense_is_an_error_of_ours(
    desk: Desk, tmp_path: Path
) -> None:
    async def say(client: Client) -> None:
        client.tell(do="say", kind="ended")
        client.tell(do="say", kind="complaint", text="too dear")
        client.tell(do="say", kind="complaint", text="too dear")
        client.tell(do="sing")
        client.tell(**{**ASK, "operation": "buy"})
        client.tell(do="hello", id=8)
        await client.hear()

    talk(desk, tmp_path, say)
    assert (desk.ended, dict(desk.complaints)) == (1, {"too dear": 2})
    assert len(desk.errors) == 2


def test_every_customer_has_an_address_of_its_own() -> None:
    many = [address(n) for n in range(10_000)]
    assert len(set(many)) == len(many)
    assert (many[0], many[254]) == ("198.18.0.1", "198.18.1.1")

"""Telling customers through the front that stands in for AppSync, by the template as it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import urllib3
from botocore.credentials import Credentials
from larder.adapters.subscribers import Subscribers
from larder.domain.lifecycle import Status
from larder.services.errors import AnnouncementRefused, StoreUnavailable
from larder.services.ports import StatusEvent

from tests.reference_impl.adapters.test_paystack import Server
from tests.reference_impl.fakes import START
from tests.reference_impl.samples import ORDER_ID

EVENT = StatusEvent(
    ORDER_ID, "customer-001", 3, Status.PENDING_MATCHING, Status.MATCHED, START, "correlation-1"
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.rests.set()
        running.shutdown()
        thread.join()


def telling(port: int) -> Subscribers:
    return Subscribers(
        urllib3.PoolManager(),
        f"http://127.0.0.1:{port}/graphql",
        "eu-west-1",
        lambda: Credentials("key", "secret", "session"),
    )


def test_a_customer_is_told_by_the_contracts_mutation(server: Server) -> None:
    server.answers(200, {"data": {"publishOrderUpdate": {"orderId": ORDER_ID}}})
    telling(server.server_address[1]).publish(EVENT)
    ((method, path, authorization, sent),) = server.asked
    assert (method, path) == ("POST", "/graphql")
    assert authorization is not None
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert "/eu-west-1/appsync/aws4_request" in authorization
    assert sent["variables"]["input"] == {
        "orderId": ORDER_ID,
        "customerId": "customer-001",
        "version": 3,
        "status": "MATCHED",
        "previousStatus": "PENDING_MATCHING",
        "at": "2026-11-21T09:00:00.000Z",
        "correlationId": "correlation-1",
    }


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_front_that_cannot_answer_now_is_asked_again_later(server: Server, status: int) -> None:
    server.answers(status, {"errors": [{"errorType": "x"}]})
    with pytest.raises(StoreUnavailable, match=str(status)):
        telling(server.server_address[1]).publish(EVENT)


def test_a_front_that_is_not_there_is_asked_again_later() -> None:
    with Server() as gone:
        port = gone.server_address[1]
    with pytest.raises(StoreUnavailable):
        telling(port).publish(EVENT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"errors": [{"errorType": "UnauthorizedException"}]}),
        (200, {"data": None, "errors": [{"errorType": "Unauthorized"}]}),
        (200, b"no JSON"),
        (200, ["x"]),
        (403, {"errors": None}),
    ],
)
def test_a_front_that_does_not_take_it_refuses(server: Server, status: int, body: object) -> None:
    server.answers(status, body)
    with pytest.raises(AnnouncementRefused, match=str(status)):
        telling(server.server_address[1]).publish(EVENT)

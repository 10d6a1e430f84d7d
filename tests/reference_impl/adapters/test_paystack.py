"""Paystack's API as its adapter understands it, against a server that answers what it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3
from larder.adapters.paystack import Paystack
from larder.domain.money import Money
from larder.domain.payments import ChargeStatus
from larder.services.errors import (
    AlreadyRefunded,
    DuplicateReference,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
    TransactionUnknown,
)
from larder.services.ports import InitializeRequest

from tests.reference_impl.samples import FIRST, ORDER_ID, TOTAL

REQUEST = InitializeRequest("adaeze@example.com", TOTAL, FIRST, ORDER_ID)
VERIFIED = {
    "id": 4099260516,
    "status": "success",
    "reference": FIRST,
    "amount": 540000,
    "currency": "NGN",
}


class Server(ThreadingHTTPServer):
    """Gives the next planned answer, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.body: object = {}
        self.asked: list[tuple[str, str, str | None, Any]] = []
        self.silent = False
        self.rests = threading.Event()

    def answers(self, status: int, body: object) -> None:
        self.status, self.body = status, body

    def says(self, data: object) -> None:
        self.answers(200, {"status": True, "message": "fine", "data": data})

    def refuses(self, status: int, code: str, message: str = "no") -> None:
        self.answers(status, {"status": False, "message": message, "code": code})


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization"), sent))
        if self.server.silent:
            self.server.rests.wait(5)
            return
        body = self.server.body
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.rests.set()
        running.shutdown()
        thread.join()


def asks(port: int, timeout: float = 2.0) -> Paystack:
    return Paystack(
        urllib3.PoolManager(), f"http://127.0.0.1:{port}/", lambda: "sk_test_1", timeout
    )


@pytest.fixture
def paystack(server: Server) -> Paystack:
    return asks(server.server_address[1])


def test_a_payment_is_initialized_with_our_own_reference(
    server: Server, paystack: Paystack
) -> None:
    server.says({"authorization_url": "https://checkout.paystack.com/x", "reference": FIRST})
    assert paystack.initialize(REQUEST) == "https://checkout.paystack.com/x"
    assert server.asked == [
        (
            "POST",
            "/transaction/initialize",
            "Bearer sk_test_1",
            {
                "email": "adaeze@example.com",
                "amount": 540000,
                "currency": "NGN",
                "reference": FIRST,
                "metadata": {"orderId": ORDER_ID},
            },
        )
    ]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("success", ChargeStatus.SUCCESS),
        ("failed", ChargeStatus.FAILED),
        ("reversed", ChargeStatus.REVERSED),
        ("abandoned", ChargeStatus.OPEN),
        ("pending", ChargeStatus.OPEN),
        ("a word of next year's", ChargeStatus.OPEN),
    ],
)
def test_a_transaction_is_verified(
    server: Server, paystack: Paystack, word: str, status: ChargeStatus
) -> None:
    server.says({**VERIFIED, "status": word})
    transaction = paystack.verify(FIRST)
    assert transaction.status is status
    assert transaction.transaction_id == "4099260516"
    assert transaction.amount == Money(540000, "NGN")
    assert server.asked[0][:2] == ("GET", f"/transaction/verify/{FIRST}")


def test_a_charge_is_given_back_whole(server: Server, paystack: Paystack) -> None:
    server.says({"id": 1, "status": "pending"})
    paystack.refund("4099260516")
    assert server.asked[0][1:] == ("/refund", "Bearer sk_test_1", {"transaction": "4099260516"})


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "duplicate_reference", "Duplicate Transaction Reference"),
        (400, "", "Duplicate Transaction Reference"),
    ],
)
def test_a_reference_that_is_taken_is_told_from_other_refusals(
    server: Server, paystack: Paystack, status: int, code: str, message: str
) -> None:
    server.refuses(status, code, message)
    with pytest.raises(DuplicateReference):
        paystack.initialize(REQUEST)


@pytest.mark.parametrize("status", [400, 404])
def test_a_reference_that_nobody_initialized_is_told_from_other_refusals(
    server: Server, paystack: Paystack, status: int
) -> None:
    server.refuses(status, "transaction_not_found", "Transaction reference not found.")
    with pytest.raises(TransactionUnknown):
        paystack.verify(FIRST)


def test_a_charge_that_was_given_back_before_is_told_from_other_refusals(
    server: Server, paystack: Paystack
) -> None:
    server.refuses(400, "transaction_reversed", "Transaction has been fully reversed")
    with pytest.raises(AlreadyRefunded):
        paystack.refund("1")


@pytest.mark.parametrize("call", ["initialize", "verify", "refund"])
@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_other_4xx_are_refusals(server: Server, paystack: Paystack, status: int, call: str) -> None:
    server.refuses(status, "invalid_Key", "Invalid key")
    argument: Any = REQUEST if call == "initialize" else FIRST
    with pytest.raises(ProviderRefused) as refused:
        getattr(paystack, call)(argument)
    assert (refused.value.status, refused.value.code) == (status, "invalid_Key")
    assert type(refused.value) is ProviderRefused


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_429_and_5xx_say_that_the_provider_is_unavailable(
    server: Server, paystack: Paystack, status: int
) -> None:
    server.answers(status, b"<html>busy</html>")
    with pytest.raises(ProviderUnavailable):
        paystack.verify(FIRST)
    assert len(server.asked) == 1, "who calls decides whether to try again"


@pytest.mark.parametrize(
    "body",
    [
        b'{"status": true, "da',
        b"[" * 100_000,
        {"status": True},
        {"status": False, "data": {}},
        {"status": True, "data": {**VERIFIED, "amount": "540000"}},
        {"status": True, "data": {**VERIFIED, "id": True}},
    ],
)
def test_an_answer_that_is_not_what_paystack_publishes_is_none(
    server: Server, paystack: Paystack, body: object
) -> None:
    server.answers(200, body)
    with pytest.raises(ProviderNonsense):
        paystack.verify(FIRST)


def test_a_call_is_given_up_when_its_time_is_over(server: Server) -> None:
    server.silent = True
    with pytest.raises(ProviderUnavailable, match="ReadTimeout"):
        asks(server.server_address[1], timeout=0.05).verify(FIRST)


def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    with pytest.raises(ProviderUnavailable):
        asks(port).verify(FIRST)


def test_what_is_raised_repeats_nothing_of_the_customers(
    server: Server, paystack: Paystack
) -> None:
    server.refuses(400, "invalid_email_address", "adaeze@example.com is not valid")
    with pytest.raises(ProviderRefused) as refused:
        paystack.initialize(REQUEST)
    assert "adaeze" not in str(refused.value)

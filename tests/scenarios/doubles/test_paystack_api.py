"""Paystack's operations, as its API reference documents them."""

import pytest

from harness.engine.loop import Loop
from harness.recorder import Recorder
from scenarios.doubles import Paystack
from tests.scenarios.doubles.inbox import Api

ORDER = {
    "email": "ada@example.com",
    "amount": 250_00,
    "currency": "NGN",
    "reference": "ldr-1-1",
    "metadata": {"orderId": "o1"},
}


def test_a_transaction_is_initialized_with_a_link_to_pay_at(api: Api) -> None:
    answer = api("POST", "/transaction/initialize", ORDER)
    body = answer.json()
    assert (answer.status, body["status"], body["message"]) == (
        200,
        True,
        "Authorization URL created",
    )
    assert body["data"]["reference"] == "ldr-1-1"
    assert body["data"]["authorization_url"].endswith(body["data"]["access_code"])


@pytest.mark.parametrize("key", ["sk_test_other", None])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/transaction/initialize"),
        ("GET", "/transaction/verify/ldr-1-1"),
        ("POST", "/refund"),
    ],
)
def test_another_key_is_refused(api: Api, method: str, path: str, key: str | None) -> None:
    answer = api(method, path, ORDER if method == "POST" else None, key=key)
    assert (answer.status, answer.json()["message"]) == (401, "Invalid key")


def test_a_reference_is_taken_once(api: Api) -> None:
    api("POST", "/transaction/initialize", ORDER)
    answer = api("POST", "/transaction/initialize", ORDER)
    assert answer.status == 400
    assert answer.json() == {
        "status": False,
        "message": "Duplicate Transaction Reference",
        "meta": {"nextStep": "Generate and pass a new transaction reference for every transaction"},
        "type": "validation_error",
        "code": "duplicate_reference",
    }


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": 0}, 400, "invalid_amount"),
        ({"amount": -1}, 400, "invalid_amount"),
        ({"amount": 1.5}, 400, "invalid_amount"),
        ({"amount": True}, 400, "invalid_amount"),
        ({"amount": None}, 400, "invalid_amount"),
        ({"amount": 2_000_000_000}, 400, "invalid_amount"),
        ({"email": "nobody"}, 400, "invalid_email_address"),
        ({"email": None}, 400, "invalid_email_address"),
        ({"currency": "XYZ"}, 403, "unsupported_currency"),
        ({"reference": "a/b"}, 400, "invalid_reference"),
    ],
)
def test_what_cannot_be_charged_is_refused(
    api: Api, paystack: Paystack, change: dict[str, object], status: int, code: str
) -> None:
    answer = api("POST", "/transaction/initialize", {**ORDER, **change})
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert paystack.references("o1") == ()


@pytest.mark.parametrize("amount", [25000, "25000"])
def test_an_amount_may_be_a_number_or_its_digits(api: Api, amount: object) -> None:
    assert api("POST", "/transaction/initialize", {**ORDER, "amount": amount}).status == 200
    data = api("GET", "/transaction/verify/ldr-1-1").json()["data"]
    assert (data["amount"], data["currency"]) == (25000, "NGN")


@pytest.mark.parametrize("metadata", [{"orderId": "o1"}, '{"orderId": "o1"}'])
def test_metadata_names_the_order_as_an_object_or_as_its_json(
    api: Api, paystack: Paystack, metadata: object
) -> None:
    api("POST", "/transaction/initialize", {**ORDER, "metadata": metadata})
    assert paystack.references("o1") == ("ldr-1-1",)


def test_a_transaction_that_nobody_paid_is_abandoned(api: Api) -> None:
    api("POST", "/transaction/initialize", ORDER)
    answer = api("GET", "/transaction/verify/ldr-1-1").json()
    assert (answer["status"], answer["message"]) == (True, "Verification successful")
    assert (answer["data"]["status"], answer["data"]["paid_at"]) == ("abandoned", None)


def test_an_unknown_reference_is_not_found(api: Api) -> None:
    answer = api("GET", "/transaction/verify/nothing")
    assert (answer.status, answer.json()["message"]) == (400, "Transaction reference not found.")


def test_a_paid_transaction_verifies_as_success(api: Api, paystack: Paystack, loop: Loop) -> None:
    api("POST", "/transaction/initialize", ORDER)
    loop.run(paystack.pay("ldr-1-1"))
    data = api("GET", "/transaction/verify/ldr-1-1").json()["data"]
    assert (data["status"], data["gateway_response"]) == ("success", "Successful")
    assert data["paid_at"] == "2026-09-21T14:13:20.000Z"
    assert (data["metadata"], data["requested_amount"]) == ({"orderId": "o1"}, 250_00)


def test_a_declined_transaction_verifies_as_failed_and_can_still_be_paid(
    api: Api, paystack: Paystack, loop: Loop
) -> None:
    api("POST", "/transaction/initialize", ORDER)
    loop.run(paystack.decline("ldr-1-1"))
    assert api("GET", "/transaction/verify/ldr-1-1").json()["data"]["status"] == "failed"
    loop.run(paystack.pay("ldr-1-1"))
    assert api("GET", "/transaction/verify/ldr-1-1").json()["data"]["status"] == "success"


def test_a_link_is_paid_once(api: Api, paystack: Paystack, loop: Loop) -> None:
    api("POST", "/transaction/initialize", ORDER)
    assert loop.run(paystack.pay("ldr-1-1")) is not None
    assert loop.run(paystack.pay("ldr-1-1")) is None
    assert len(paystack.charges) == 1


@pytest.mark.parametrize("by", ["id", "reference"])
def test_a_charge_is_refunded_whole(
    api: Api, paystack: Paystack, loop: Loop, recorder: Recorder, by: str
) -> None:
    api("POST", "/transaction/initialize", ORDER)
    charge = loop.run(paystack.pay("ldr-1-1"))
    assert charge is not None
    name = charge.transaction if by == "id" else charge.reference
    answer = api("POST", "/refund", {"transaction": name}).json()
    assert answer["message"] == "Refund has been queued for processing"
    assert (answer["data"]["amount"], answer["data"]["status"]) == (250_00, "pending")
    assert answer["data"]["transaction"]["reference"] == "ldr-1-1"
    assert [r.transaction for r in paystack.refunds] == [charge.transaction]
    [seen] = recorder.history.select(name="paystack.refund")
    assert (seen.key, seen.value["transaction"]) == ("o1", charge.transaction)


def test_a_charge_is_refunded_once(api: Api, paystack: Paystack, loop: Loop) -> None:
    api("POST", "/transaction/initialize", ORDER)
    loop.run(paystack.pay("ldr-1-1"))
    api("POST", "/refund", {"transaction": "ldr-1-1"})
    answer = api("POST", "/refund", {"transaction": "ldr-1-1"})
    assert (answer.status, answer.json()["message"]) == (400, "Transaction has been fully reversed")
    assert len(paystack.refunds) == 1
    assert api("GET", "/transaction/verify/ldr-1-1").json()["data"]["status"] == "reversed"


def test_no_more_is_refunded_than_was_charged(api: Api, paystack: Paystack, loop: Loop) -> None:
    api("POST", "/transaction/initialize", ORDER)
    loop.run(paystack.pay("ldr-1-1"))
    assert api("POST", "/refund", {"transaction": "ldr-1-1", "amount": 200_00}).status == 200
    assert api("POST", "/refund", {"transaction": "ldr-1-1", "amount": 100_00}).status == 400
    assert api("POST", "/refund", {"transaction": "ldr-1-1"}).json()["data"]["amount"] == 50_00


@pytest.mark.parametrize("transaction", ["ldr-1-1", "unknown"])
def test_what_was_not_charged_is_not_refunded(
    api: Api, paystack: Paystack, transaction: str
) -> None:
    api("POST", "/transaction/initialize", ORDER)
    assert api("POST", "/refund", {"transaction": transaction}).status == 400
    assert paystack.refunds == ()


def test_a_body_that_is_not_json_is_refused_like_an_empty_one(api: Api, paystack: Paystack) -> None:
    assert api("POST", "/transaction/initialize", "not an object").status == 400
    assert list(paystack.charges) == []


def test_every_call_belongs_to_the_order_it_is_about(
    api: Api, paystack: Paystack, loop: Loop, recorder: Recorder
) -> None:
    api("POST", "/transaction/initialize", ORDER)
    api("GET", "/transaction/verify/ldr-1-1")
    loop.run(paystack.pay("ldr-1-1"))
    api("POST", "/refund", {"transaction": "ldr-1-1"})
    of_paystack = [c for c in recorder.history.calls if c.name.startswith("paystack.")]
    assert {c.name: c.key for c in of_paystack} == dict.fromkeys(
        (
            "paystack.transaction.initialize",
            "paystack.transaction.verify",
            "paystack.checkout",
            "paystack.webhook",
            "paystack.refund.create",
        ),
        "o1",
    )

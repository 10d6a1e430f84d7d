"""What Paystack announces, how it signs it, and what forgers send."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from harness.doubles import Request
from harness.engine.loop import Loop
from harness.faults import FaultBox, fault
from harness.recorder import Recorder
from scenarios.doubles import Paystack
from scenarios.doubles.webhooks import FORGED
from tests.scenarios.doubles.inbox import KEY, Api, Inbox


def opened(api: Api, *references: str, order: str = "o1") -> None:
    for reference in references:
        body = {
            "email": "ada@example.com",
            "amount": 100,
            "reference": reference,
            "metadata": {"orderId": order},
        }
        assert api("POST", "/transaction/initialize", body).status == 200


def genuine(request: Request) -> bool:
    wanted = hmac.new(KEY.encode(), request.body, hashlib.sha512).hexdigest()
    return request.headers.get("X-Paystack-Signature") == wanted


def references(inbox: Inbox) -> list[Any]:
    return [r.json()["data"]["reference"] for r in inbox.got]


def test_a_payment_is_announced_signed_over_the_raw_body(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    opened(api, "r1")
    loop.run(paystack.pay("r1"))
    [got] = inbox.got
    assert genuine(got)
    event = got.json()
    assert (event["event"], event["data"]["status"], event["data"]["reference"]) == (
        "charge.success",
        "success",
        "r1",
    )
    assert event["data"]["metadata"] == {"orderId": "o1"}


def test_a_failure_is_not_announced(api: Api, paystack: Paystack, inbox: Inbox, loop: Loop) -> None:
    opened(api, "r1")
    loop.run(paystack.decline("r1"))
    assert inbox.got == []


def test_a_planned_decline_charges_nobody(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, box: FaultBox
) -> None:
    opened(api, "r1")
    box.inject(fault("paystack.checkout", "decline"))
    assert loop.run(paystack.pay("r1")) is None
    assert (inbox.got, paystack.charges, box.not_fired()) == ([], (), ())


def test_an_event_that_is_not_accepted_is_sent_again(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    opened(api, "r1")
    inbox.answers = [500]
    loop.run(paystack.pay("r1"))
    assert len(inbox.got) == 2


def test_a_dropped_event_is_never_sent_and_the_fault_has_fired(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, box: FaultBox
) -> None:
    opened(api, "r1")
    box.inject(fault("paystack.webhook", "drop"))
    assert loop.run(paystack.pay("r1")) is not None
    assert (inbox.got, box.not_fired()) == ([], ())


def test_a_repeated_event_is_the_same_event_twice(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, box: FaultBox
) -> None:
    opened(api, "r1")
    box.inject(fault("paystack.webhook", "repeat", times=3))
    loop.run(paystack.pay("r1"))
    assert len({r.body for r in inbox.got}) == 1
    assert (len(inbox.got), box.not_fired()) == (3, ())


def test_a_late_event_comes_after_its_latency(
    api: Api, paystack: Paystack, loop: Loop, box: FaultBox, recorder: Recorder
) -> None:
    opened(api, "r1")
    box.inject(fault("paystack.webhook", "latency", seconds=0.3))
    loop.run(paystack.pay("r1"))
    [charge] = recorder.history.select(name="paystack.charge")
    [sent] = recorder.history.calls_of("paystack.webhook")
    assert sent.start.at - charge.at >= 0.3
    assert box.not_fired() == ()


def test_a_reordered_event_is_overtaken_by_the_next(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, box: FaultBox
) -> None:
    opened(api, "r1", "r2")
    box.inject(fault("paystack.webhook", "reorder"))
    loop.together([paystack.pay("r1"), paystack.pay("r2")])
    assert references(inbox) == ["r2", "r1"]
    assert box.not_fired() == ()


def test_an_events_fault_can_be_counted_per_order(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, box: FaultBox
) -> None:
    opened(api, "r1", "r2")
    opened(api, "r3", order="o2")
    box.inject(fault("paystack.webhook", "drop", nth=2, per_key=True))
    for reference in ("r1", "r3", "r2"):
        loop.run(paystack.pay(reference))
    assert references(inbox) == ["r1", "r3"]


def test_the_webhooks_of_an_order_can_be_repeated(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    opened(api, "r1", "r2")
    opened(api, "r3", order="o2")
    for reference in ("r1", "r3"):
        loop.run(paystack.pay(reference))
    assert loop.run(paystack.repeat_webhooks("o1", times=2)) == [200, 200]
    assert references(inbox) == ["r1", "r3", "r1", "r1"]


@pytest.mark.parametrize("how", FORGED)
def test_a_forgery_is_recorded_as_one(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, recorder: Recorder, how: str
) -> None:
    opened(api, "r1")
    assert loop.run(paystack.forge("r1", how)) == 200
    [sent] = recorder.history.calls_of("paystack.webhook")
    assert (sent.start.value["forged"], sent.key) == (how, "o1")
    assert genuine(inbox.got[0]) is (how in ("oversized", "malformed"))
    assert paystack.charges == ()


def test_a_forgery_claims_a_success_even_for_a_reference_that_does_not_exist(
    paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    loop.run(paystack.forge("nothing", "other-key", order="o9"))
    data = inbox.got[0].json()["data"]
    assert (data["status"], data["reference"]) == ("success", "nothing")


def test_an_altered_body_says_another_sum_than_the_one_that_was_signed(
    paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    loop.run(paystack.forge("nothing", "altered-body"))
    assert not genuine(inbox.got[0])


def test_paystack_can_sign_what_is_not_true(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop, recorder: Recorder
) -> None:
    opened(api, "r1")
    assert loop.run(paystack.announces("charge.success", "r1")) == 200
    assert genuine(inbox.got[0])
    assert inbox.got[0].json()["data"]["status"] == "success"
    assert paystack.charges == ()
    [sent] = recorder.history.calls_of("paystack.webhook")
    assert (sent.key, sent.start.value["forged"]) == ("o1", None)


def test_a_customer_can_be_charged_in_another_currency(
    api: Api, paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    opened(api, "r1")
    loop.run(paystack.pay("r1", currency="GHS"))
    assert inbox.got[0].json()["data"]["currency"] == "GHS"
    assert [c.currency for c in paystack.charges] == ["GHS"]


def test_an_oversized_event_is_beyond_64_kb_and_a_malformed_one_is_not_json(
    paystack: Paystack, inbox: Inbox, loop: Loop
) -> None:
    loop.run(paystack.forge("r1", "oversized"))
    loop.run(paystack.forge("r1", "malformed"))
    assert len(inbox.got[0].body) > 64 * 1024
    with pytest.raises(json.JSONDecodeError):
        json.loads(inbox.got[1].body)

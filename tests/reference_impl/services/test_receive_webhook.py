"""The provider is heard when it signs rightly; an event only asks to settle."""

import hashlib
import hmac
import json

import pytest
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import PaymentLink, Step
from larder.domain.webhooks import MAX_BYTES
from larder.services.receive_webhook import (
    Forged,
    Ignored,
    Malformed,
    Taken,
    TooLarge,
    WebhookOutcome,
    WebhookPorts,
    receive_webhook,
)

from tests.reference_impl.fakes import START, CountingIds
from tests.reference_impl.samples import FIRST, ORDER_ID, SECOND, TOTAL, an_order
from tests.reference_impl.services.world import World

SECRET = "sk_test_of_no_account"


def a_world() -> World:
    world = World()
    world.orders.put(an_order(Status.PAYMENT_INITIATED))
    world.links.claim(PaymentLink(ORDER_ID, 1, FIRST, TOTAL, START))
    return world


def hear(world: World, body: bytes, signature: str | None = "") -> WebhookOutcome:
    if signature == "":
        signature = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
    ports = WebhookPorts(
        secret=lambda: SECRET,
        orders=world.orders,
        links=world.links,
        queues=world.queues,
        audit=world.audit,
        clock=world.clock,
        ids=CountingIds(),
    )
    return receive_webhook(body, signature, ports)


def event(name: str = "charge.success", reference: object = FIRST) -> bytes:
    return json.dumps({"event": name, "data": {"reference": reference, "amount": 1}}).encode()


def results(world: World) -> list[str]:
    return [entry.result for entry in world.audit.entries.values()]


def test_a_success_asks_to_settle_and_changes_nothing_itself() -> None:
    world = a_world()
    assert hear(world, event()) == Taken(ORDER_ID, FIRST)
    assert world.queues.sent == [(Work(ORDER_ID, Step.SETTLE, 5, "correlation-1", FIRST), 0)]
    assert world.orders.history == []
    assert results(world) == ["taken"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (event("transfer.success"), "an event of another kind"),
        (event(reference=SECOND), "an unknown reference"),
        (event(reference="somebody-elses"), "an unknown reference"),
    ],
)
def test_what_is_not_ours_is_taken_and_ignored(body: bytes, why: str) -> None:
    world = a_world()
    assert hear(world, body) == Ignored(why)
    assert world.queues.sent == []
    assert results(world) == [f"ignored: {why}"]


@pytest.mark.parametrize("signature", [None, "0" * 128, "naïve"])
def test_a_forged_event_is_refused_and_noted(signature: str | None) -> None:
    world = a_world()
    assert hear(world, event(), signature) == Forged()
    assert world.queues.sent == []
    assert results(world) == ["forged"]


def test_an_oversized_event_is_refused_before_anything_is_read() -> None:
    world = a_world()
    assert hear(world, b" " * (MAX_BYTES + 1)) == TooLarge()
    assert results(world) == ["toolarge"]


def test_a_signed_body_that_is_no_event_is_refused() -> None:
    assert hear(a_world(), b"not JSON") == Malformed()

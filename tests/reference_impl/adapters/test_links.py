"""The payment links table, on an emulator."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from larder.adapters.links import DynamoLinks
from larder.domain.order import LinkState, PaymentLink
from larder.domain.payments import reference_for

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import TOTAL
from tests.reference_impl.stack import Cloud


@pytest.fixture(scope="module")
def links(cloud: Cloud) -> DynamoLinks:
    return DynamoLinks(cloud.client("dynamodb"), cloud.table("PaymentLinksTable"))


def a_link() -> PaymentLink:
    order_id = str(uuid.uuid4())
    return PaymentLink(order_id, 1, reference_for(order_id, 1), TOTAL, START)


def opened(link: PaymentLink) -> PaymentLink:
    return replace(link, state=LinkState.OPEN, url="https://pay.example/1")


def test_a_claimed_link_can_be_read(links: DynamoLinks) -> None:
    link = a_link()
    assert links.claim(link) == link
    assert links.get(link.order_id, 1) == link
    assert links.get(link.order_id, 2) is None


def test_a_second_claim_gives_what_the_first_made_of_it(links: DynamoLinks) -> None:
    link = a_link()
    links.claim(link)
    links.open(opened(link))
    assert links.claim(link) == opened(link)


def test_a_claim_whose_link_nobody_holds_is_lost(links: DynamoLinks) -> None:
    link = links.claim(a_link())
    assert links.lose(link) == replace(link, state=LinkState.LOST)
    assert links.get(link.order_id, 1) == replace(link, state=LinkState.LOST)


def test_an_open_link_is_not_lost(links: DynamoLinks) -> None:
    link = links.claim(a_link())
    links.open(opened(link))
    assert links.lose(link) == opened(link)


def test_who_holds_the_url_is_right(links: DynamoLinks) -> None:
    link = links.claim(a_link())
    links.lose(link)
    links.open(opened(link))
    assert links.get(link.order_id, 1) == opened(link)

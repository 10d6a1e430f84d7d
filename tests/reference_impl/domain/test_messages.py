"""The work queues' messages: what is written can be read, the rest is refused in words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.errors import MalformedMessage
from larder.domain.messages import NEEDS_REFERENCE, Work, from_json, to_json
from larder.domain.order import Step

from tests.reference_impl.samples import FIRST, ORDER_ID

GOOD = {
    "schemaVersion": "1.0",
    "kind": "settle",
    "orderId": ORDER_ID,
    "version": 4,
    "correlationId": "4b1f0c5e",
    "reference": FIRST,
}


@given(st.sampled_from(Step), st.integers(1, 99), st.integers(0, 3))
def test_what_is_written_can_be_read(step: Step, version: int, retry_count: int) -> None:
    reference = FIRST if step in NEEDS_REFERENCE else None
    work = Work(ORDER_ID, step, version, "4b1f0c5e", reference, retry_count)
    assert from_json(to_json(work)) == work


def test_a_later_minor_version_is_read() -> None:
    assert from_json(json.dumps({**GOOD, "schemaVersion": "1.7", "more": 1})).version == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schemaVersion": "2.0"}, "schema version"),
        ({"kind": "dance"}, "unknown kind 'dance'"),
        ({"orderId": ""}, "no orderId"),
        ({"orderId": 7}, "no orderId"),
        ({"version": "4"}, "version isn't a count"),
        ({"version": True}, "version isn't a count"),
        ({"version": -1}, "version isn't a count"),
        ({"version": None}, "version isn't a count"),
        ({"reference": None}, "no reference"),
        ({"correlationId": None}, "no correlationId"),
        ({"correlationId": "a b"}, "correlationId doesn't look like one"),
        ({"orderId": "order-1"}, "orderId doesn't look like one"),
        ({"reference": "ldr-1"}, "reference doesn't look like one"),
        ({"retryCount": 4}, "retryCount is more than 3"),
    ],
)
def test_a_message_with_a_wrong_part_is_refused_in_words(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(MalformedMessage, match=words):
        from_json(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("body", ["not even JSON", "[]", "7", "null", "", "[" * 100_000])
def test_what_is_no_object_is_refused(body: str) -> None:
    with pytest.raises(MalformedMessage):
        from_json(body)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5) | st.just(GOOD))
def test_any_json_is_read_or_refused(data: object) -> None:
    try:
        work = from_json(json.dumps(data))
    except MalformedMessage:
        return
    assert work.order_id == ORDER_ID

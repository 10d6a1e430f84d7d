"""When an event source looks at a table's stream, and what a request to DynamoDB may write."""

import json
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from process_executor.straight import local, read
from process_executor.streams import (
    ALL,
    LOOKS,
    Looks,
    Writes,
    asking,
    counting,
    telling,
    waiting,
    written_by,
)

LONG = 600.0
"""Seconds that nobody waits in a test that passes."""


@pytest.mark.parametrize(
    ("operation", "request_", "tables"),
    [
        ("PutItem", {"TableName": "a"}, {"a"}),
        ("UpdateItem", {"TableName": "arn:aws:dynamodb:eu-west-1:0:table/a"}, {"a"}),
        ("BatchWriteItem", {"RequestItems": {"a": [], "b": []}}, {"a", "b"}),
        (
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "a"}},
                    {"ConditionCheck": {"TableName": "b"}},
                ]
            },
            {"a", "b"},
        ),
        ("ExecuteStatement", {"Statement": "DELETE FROM a"}, {ALL}),
        ("GetItem", {"TableName": "a"}, set()),
        ("TransactGetItems", {}, set()),
        ("DescribeTable", {"TableName": "a"}, set()),
    ],
)
def test_a_request_says_which_tables_it_may_write(
    operation: str, request_: dict[str, Any], tables: set[str]
) -> None:
    assert written_by(operation, request_) == tables


class _Waits(Writes):
    """Says how long was waited, without waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, table: str, seen: int, seconds: float) -> None:
        if self.to(table) <= seen:
            self.waited.append(seconds)


def test_it_waits_when_every_shard_was_looked_at_in_vain_and_not_before() -> None:
    writes = _Waits()
    looks = Looks("a", writes)
    for _ in range(LOOKS * 3):
        looks.await_one(3)
        looks.found(0)
    assert writes.waited == []
    looks.await_one(3, LONG)
    assert writes.waited == [LONG]


def test_it_looks_again_where_it_found_something_or_a_table_was_written() -> None:
    writes = _Waits()
    looks = Looks("a", writes)
    for records in (0, 0, 5):
        looks.found(records)
    looks.await_one(1)
    for _ in range(LOOKS):
        looks.found(0)
    for table in ("a", ALL):
        writes.add({table})
        looks.await_one(1)
        for _ in range(LOOKS):
            looks.await_one(1)
            looks.found(0)
    assert writes.waited == []
    writes.add({"b"})
    looks.await_one(1)
    assert len(writes.waited) == 1


def test_who_waits_is_woken_by_a_write() -> None:
    writes = Writes()
    woken = threading.Thread(target=writes.wait, args=("a", writes.to("a"), LONG))
    woken.start()
    writes.add({"b"})
    writes.add({"a"})
    woken.join(20)
    assert not woken.is_alive()


def test_a_write_counts_whether_it_failed_or_not() -> None:
    writes = Writes()

    def refuse(*_: object) -> None:
        raise ConnectionError

    context = SimpleNamespace(
        operation=SimpleNamespace(name="PutItem"), service_request={"TableName": "a"}
    )
    with pytest.raises(ConnectionError):
        telling(refuse, writes)(None, context)
    telling(lambda *_: None, writes)(None, context, {"TableName": "b"})
    assert (writes.to("a"), writes.to("b")) == (1, 1)


@pytest.mark.parametrize(("window", "waits"), [(0, 1), (3, 0)])
def test_an_event_source_that_fills_its_batches_over_time_is_left_alone(
    window: int, waits: int
) -> None:
    writes = _Waits()
    get_records = counting(lambda poller, iterator: {"Records": []})
    poll = waiting(lambda poller: get_records(poller, "one"), writes)
    poller = SimpleNamespace(
        source_arn="arn:aws:dynamodb:eu-west-1:0:table/a/stream/2026",
        stream_parameters={"MaximumBatchingWindowInSeconds": window},
        shards={"one": "iterator"},
    )
    for _ in range(LOOKS + 1):
        poll(poller)
    assert len(writes.waited) == waits


def test_a_poller_asks_dynamodb_local_itself_and_else_as_it_would_have() -> None:
    asked: list[tuple[str, str, int]] = []
    answers: list[dict[str, Any] | None] = [{"Records": [1]}, None]

    class Ask:
        def records(self, *said: Any) -> dict[str, Any] | None:
            asked.append(said)
            return answers.pop(0)

    poller = SimpleNamespace(source_arn="arn", stream_parameters={"BatchSize": 7})
    get = asking(lambda poller, iterator: {"Records": [iterator]}, cast(Any, Ask()))
    assert [get(poller, each) for each in ("one", "two")] == [
        {"Records": [1]},
        {"Records": ["two"]},
    ]
    assert asked == [("arn", "one", 7), ("arn", "two", 7)]


def test_an_iterator_is_told_as_dynamodb_local_knows_it() -> None:
    told = local(
        "arn:aws:dynamodb:eu-west-1:000000000001:table/a/stream/2026-11-28T10:00:00.1|x:y|z"
    )
    assert (
        told == "arn:aws:dynamodb:ddblocal:000000000000:table/a/stream/2026-11-28T10:00:00.1|x:y|z"
    )


def test_a_record_is_read_as_an_sdk_gives_it() -> None:
    answer = {
        "NextShardIterator": "n",
        "Records": [
            {"dynamodb": {"ApproximateCreationDateTime": 1.5, "NewImage": {"b": {"B": "AQI="}}}},
            {"dynamodb": {}},
        ],
    }
    found = read(json.dumps(answer).encode())
    first, second = (record["dynamodb"] for record in found["Records"])
    assert first["ApproximateCreationDateTime"].timestamp() == 1.5
    assert (first["NewImage"], second) == ({"b": {"B": "AQI="}}, {})
    assert found["NextShardIterator"] == "n"

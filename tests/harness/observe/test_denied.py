"""A stage whose owner lets the caller read only some of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from harness.model import Capability, Header, Measured, Stage
from harness.observe import ObserveError, Observer, ObserveSettings, TableSettings
from harness.recorder import Recorder
from harness.targets import Aws

SETTINGS = ObserveSettings(
    tables={
        name: TableSettings(entity=name.lower(), key="id", state="state")
        for name in ("Order", "Parcel")
    },
    buses=("Bus",),
)


class FakeAws:
    """AWS with a table and a bus, that refuses one operation (of one resource, if it says so)."""

    def __init__(self, operation: str, code: str, about: str = "") -> None:
        self.refused, self.code, self.about = operation, code, about
        self.queues: list[str] = []

    def client(self, service: str) -> "FakeAws":
        return self

    class exceptions:
        ClientError = ClientError

    def __getattr__(self, operation: str) -> Any:
        def call(**asked: Any) -> Any:
            if operation == self.refused and self.about in str(asked):
                said = f"User: arn:aws:iam::123456789012:user/me may not {operation}"
                raise ClientError({"Error": {"Code": self.code, "Message": said}}, operation)
            if operation == "create_queue":
                self.queues.append(asked["QueueName"])
            if operation == "delete_queue":
                self.queues.pop()
            return {
                "describe_table": lambda: {
                    "Table": {"LatestStreamArn": f"arn:stream/{asked['TableName']}"}
                },
                "describe_stream": lambda: {"StreamDescription": {"Shards": [{"ShardId": "1"}]}},
                "get_shard_iterator": lambda: {"ShardIterator": asked["StreamArn"]},
                "get_records": lambda: {"Records": [], "NextShardIterator": "next"},
                "create_queue": lambda: {"QueueUrl": "https://sqs/1/q"},
                "get_queue_attributes": lambda: {"Attributes": {"QueueArn": "arn:q"}},
            }.get(operation, dict)()

        return call


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "history.jsonl", Header())
    yield made
    made.close()


def _watched(aws: FakeAws, recorder: Recorder) -> Observer:
    lacking = (Capability.QUEUE_PEEK, Capability.PROCESSES)
    stage = Stage(
        name="shop", target="live", endpoint=None, region="", credentials={}, base_url="",
        outputs={"Order": "orders", "Parcel": "parcels", "Bus": "bus"}, parameters={},
        capabilities={c: Measured(c, c not in lacking, "not here") for c in Capability},
    )  # fmt: skip
    observer = Observer(stage, SETTINGS, recorder, aws=cast(Aws, aws))
    observer.start()
    observer.stop()
    return observer


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied", "AuthorizationError"])
@pytest.mark.parametrize(
    ("operation", "about"),
    [("describe_table", "orders"), ("describe_stream", "orders"), ("get_records", "stream/orders")],
)
def test_a_stream_that_may_not_be_read_is_not_watched_and_the_others_are(
    recorder: Recorder, operation: str, about: str, code: str
) -> None:
    observer = _watched(FakeAws(operation, code, about), recorder)
    (blind,) = [b for b in observer.blind if b.capability is Capability.STREAM_READ]
    assert (blind.what, blind.names) == ("the stream of Order", ("order.state",))
    assert blind.why == f"the caller's credentials don't allow {operation} ({code})"
    assert observer.lost == ()


def test_a_bus_that_may_not_be_tapped_is_not_watched_and_nothing_is_left_of_the_tap(
    recorder: Recorder,
) -> None:
    aws = FakeAws("put_rule", "AccessDeniedException")
    observer = _watched(aws, recorder)
    assert [b.names for b in observer.blind if b.capability is Capability.BUS_TO_QUEUE] == [
        ("bus.",)
    ]
    assert aws.queues == []


def test_any_other_refusal_still_ends_the_run(recorder: Recorder) -> None:
    with pytest.raises(ObserveError, match="may not describe_table"):
        _watched(FakeAws("describe_table", "ResourceNotFoundException"), recorder)


def test_tables_of_a_target_that_shows_no_stream_are_named(recorder: Recorder) -> None:
    stage = Stage(
        name="shop", target="live", endpoint=None, region="", credentials={}, base_url="",
        outputs={"Order": "orders", "Parcel": "parcels", "Bus": "bus"}, parameters={},
        capabilities={},
    )  # fmt: skip
    aws = FakeAws("", "")
    observer = Observer(stage, SETTINGS, recorder, aws=cast(Aws, aws))
    observer.start()
    observer.stop()
    (tables,) = [b for b in observer.blind if b.capability is Capability.STREAM_READ]
    assert tables.names == ("order.state", "parcel.state")

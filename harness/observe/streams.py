"""A table's stream, read from outside: every change of an entity, in order."""

from collections.abc import Callable
from typing import Any

from harness.model import Json, Stage
from harness.observe.errors import ObserveError
from harness.observe.reading import plain
from harness.observe.settings import TableSettings
from harness.recorder import Recorder
from harness.targets import Aws

_FULL = 100
"""Records in an answer after which the next one is hardly empty: AWS gives up to 1,000."""
_EXPIRED = ("ExpiredIteratorException", "TrimmedDataAccessException")


class TableStream:
    """Reads all shards of one table's stream from the moment it is made."""

    def __init__(
        self,
        aws: Aws,
        stage: Stage,
        output: str,
        settings: TableSettings,
        recorder: Recorder,
        *,
        changed: Callable[[], None],
    ) -> None:
        self._client = aws.client("dynamodbstreams")
        self._settings = settings
        self._recorder = recorder
        self._changed = changed
        table = aws.client("dynamodb").describe_table(TableName=stage.outputs[output])["Table"]
        if "LatestStreamArn" not in table:
            raise ObserveError(
                f"[observe.tables.{output}]: the table {stage.outputs[output]} has no stream",
                "Give it a StreamSpecification with NEW_AND_OLD_IMAGES.",
            )
        self._arn: str = table["LatestStreamArn"]
        self._shards: dict[str, str | None] = {}
        self._after: dict[str, str] = {}
        self._open_shards("LATEST")

    def look(self) -> bool:
        """Record what is new; gives whether there may be more already."""
        more = False
        for shard, iterator in list(self._shards.items()):
            if iterator is not None:
                more = self._read(shard, iterator) or more
        return more

    def _read(self, shard: str, iterator: str) -> bool:
        try:
            answer = self._client.get_records(ShardIterator=iterator)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _EXPIRED:
                raise
            self._shards[shard] = self._iterator(shard, "TRIM_HORIZON")
            return True
        for record in answer["Records"]:
            self._after[shard] = record["dynamodb"]["SequenceNumber"]
            self._record(record)
        self._shards[shard] = answer.get("NextShardIterator")
        if self._shards[shard] is None:
            # A shard that is full has children, which begin where it ended.
            self._open_shards("TRIM_HORIZON")
            return True
        return len(answer["Records"]) >= _FULL

    def _open_shards(self, kind: str) -> None:
        described = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
        for shard in described["Shards"]:
            known = shard["ShardId"] in self._shards
            if not known:
                self._shards[shard["ShardId"]] = self._iterator(shard["ShardId"], kind)

    def _iterator(self, shard: str, kind: str) -> str:
        arguments: dict[str, Any] = {"ShardIteratorType": kind}
        if shard in self._after:
            arguments = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": self._after[shard],
            }
        answer = self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **arguments)
        return str(answer["ShardIterator"])

    def _record(self, record: dict[str, Any]) -> None:
        s = self._settings
        change = record["dynamodb"]
        old, new = plain(change.get("OldImage")), plain(change.get("NewImage"))
        self._changed()
        if old and new and _differing(old, new) <= set(s.beside):
            return
        key = plain(change["Keys"]).get(s.key, new.get(s.key, old.get(s.key)))
        value: dict[str, Json] = {
            "event": record["eventName"],
            "from": old.get(s.state),
            "to": new.get(s.state),
            **{name: new[name] for name in s.fields if name in new},
            "old": {name: old[name] for name in s.fields if name in old},
        }
        self._recorder.observe(
            f"{s.entity}.{s.state}", key=None if key is None else str(key), value=value
        )


def _differing(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Names of the attributes that aren't the same before and after."""
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}

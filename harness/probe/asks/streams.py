"""DynamoDB streams and their event sources."""

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within


@asks(Capability.STREAM_RETRY, "a function that raises gets the same records again")
def retry(bench: Bench) -> Answer:
    """A record whose function raises."""
    bench.put("Retried", "raise-retry")
    again = within(20, lambda: len(bench.seen("record raise-retry")) > 1)
    times = bench.seen("record raise-retry")
    return again, (
        "a stream function that raised got the same record "
        + (f"again after {times[1] - times[0]:.1f} s" if again else f"{len(times)} times in 20 s")
    )


@asks(Capability.STREAM_PARTIAL_BATCH, "what batchItemFailures names is delivered again")
def partial_batch(bench: Bench) -> Answer:
    """A record that is reported failed."""
    bench.put("Partial", "partial-1")
    again = within(20, lambda: len(bench.seen("record partial-1")) > 1)
    times = len(bench.seen("record partial-1"))
    return again, (
        "a record reported in batchItemFailures was delivered "
        + ("again" if again else f"{times} times in 20 s")
    )


@asks(Capability.STREAM_BISECT, "a failing batch is halved until the culprit is alone", slow=True)
def bisect(bench: Bench) -> Answer:
    """One bad record among four."""
    for key in ("fine-1", "fine-2", "raise-3", "fine-4"):
        bench.put("Bisected", key)
    alone = within(40, lambda: len(bench.seen("batch raise-3")) > 0)
    return alone, (
        "four records, the third of which fails, with BisectBatchOnFunctionError: the third was "
        f"{'delivered' if alone else 'never delivered'} alone"
    )


@asks(
    Capability.STREAM_RETRY_LIMIT,
    "after MaximumRetryAttempts the batch goes to the on-failure destination",
    slow=True,
)
def limit(bench: Bench) -> Answer:
    """One retry, then the on-failure queue."""
    bench.put("Limited", "raise-limited")
    told = bench.received(bench.out("StreamFailuresUrl"), 40)
    return bool(told), (
        "a record that kept failing, with MaximumRetryAttempts 1: "
        f"{'in' if told else 'not in'} the on-failure queue after "
        f"{len(bench.seen('record raise-limited'))} deliveries"
    )


@asks(
    Capability.STREAM_ON_FAILURE,
    "a record older than MaximumRecordAgeInSeconds goes to the on-failure destination",
    slow=True,
)
def on_failure(bench: Bench) -> Answer:
    """A record that fails until it is 60 s old."""
    bench.put("Aged", "raise-aged")
    told = bench.received(bench.out("AgedFailuresUrl"), 110)
    return bool(told), (
        "a record that kept failing, with MaximumRecordAgeInSeconds 60: "
        f"{'in' if told else 'not in'} the on-failure queue within 110 s"
    )


@asks(Capability.STREAM_READ, "GetRecords gives every change, whoever else reads")
def read(bench: Bench) -> Answer:
    """Read a stream that a function consumes."""
    bench.put("Partial", "read")
    table = bench.client("dynamodb").describe_table(TableName=bench.out("Partial"))["Table"]
    streams, arn = bench.client("dynamodbstreams"), table["LatestStreamArn"]
    keys: list[str] = []

    def found() -> bool:
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            keys.extend(r["dynamodb"]["Keys"]["id"]["S"] for r in records)
        return "read" in keys

    seen = within(10, found)
    return seen, (
        "GetRecords from outside, while a function consumes the same stream: the change was "
        f"{'there' if seen else 'not there'}"
    )

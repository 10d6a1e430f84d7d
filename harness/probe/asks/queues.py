"""SQS and its event sources."""

import itertools
import time

from harness.model import Capability
from harness.observe import peeker_of
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within


@asks(Capability.REDRIVE, "after maxReceiveCount receives a message goes to the dead-letter queue")
def redrive(bench: Bench) -> Answer:
    """A message that always fails."""
    bench.send("WorkUrl", "hide-redrive")
    dead = "hide-redrive" in bench.received(bench.out("DeadUrl"), 25, "hide-redrive")
    return dead, (
        "a message that its function failed, with maxReceiveCount 2: "
        f"{'in' if dead else 'not in'} the dead-letter queue after "
        f"{len(bench.seen('message hide-redrive'))} deliveries"
    )


@asks(Capability.QUEUE_VISIBILITY, "a visibility set by the function is when it is delivered again")
def visibility(bench: Bench) -> Answer:
    """A function that hides its failed message for 1 s; the queue's own time-out is 30 s."""
    bench.send("WorkUrl", "hide-visibility")
    within(20, lambda: len(bench.seen("message hide-visibility")) > 1)
    times = bench.seen("message hide-visibility")
    gap = times[1] - times[0] if len(times) > 1 else None
    return gap is not None and 0.9 < gap < 8, (
        "a failing function set its message's visibility to 1 s: "
        + (f"it came back after {gap:.1f} s" if gap else "it didn't come back within 20 s")
    )


@asks(Capability.QUEUE_PARTIAL_BATCH, "only what batchItemFailures names is delivered again")
def partial_batch(bench: Bench) -> Answer:
    """Two messages, one of them reported failed."""
    bench.send("WorkUrl", "hide-partial")
    bench.send("WorkUrl", "fine-partial")
    again = within(20, lambda: len(bench.seen("message hide-partial")) > 1)
    fine = len(bench.seen("message fine-partial"))
    return again and fine == 1, (
        f"of two messages one was reported in batchItemFailures: it came "
        f"{'again' if again else 'once'}, the other {fine} times"
    )


@asks(Capability.QUEUE_CONCURRENCY, "batches are handled side by side, by several environments")
def concurrency(bench: Bench) -> Answer:
    """Four messages for a function that takes 3 s for each."""
    for n in range(4):
        bench.send("ParallelUrl", str(n))
    within(25, lambda: len(bench.seen("sleepy")) == 4)
    times = bench.seen("sleepy")
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return bool(gaps) and min(gaps) < 2.0, (
        "four messages for a function that takes 3 s for each, one a batch: it began at "
        + ", ".join(f"{t - times[0]:.1f} s" for t in times)
    )


@asks(Capability.QUEUE_DELAY, "a message with DelaySeconds is hidden for so long")
def delay(bench: Bench) -> Answer:
    """A message with DelaySeconds 2."""
    url, _ = bench.queue("delay")
    sqs, start = bench.client("sqs"), time.monotonic()
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=2)
    at_once = sqs.receive_message(QueueUrl=url).get("Messages")
    later = bench.received(url, 10)
    took = time.monotonic() - start
    return not at_once and bool(later) and took > 1.5, (
        f"a message sent with DelaySeconds 2: {'received at once' if at_once else 'hidden'}, "
        + (f"received after {took:.1f} s" if later else "not received within 10 s")
    )


@asks(Capability.QUEUE_PEEK, "no: a message can only be received")
def peek(bench: Bench) -> Answer:
    """Look at a message through the emulator's own endpoint."""
    url, _ = bench.queue("peek")
    bench.client("sqs").send_message(QueueUrl=url, MessageBody="hidden", DelaySeconds=30)
    name = url.rsplit("/", 1)[-1]
    found = peeker_of(bench.stage, [name])().get(name, [])
    seen = [m.body for m in found] == ["hidden"] and found[0].receives == 0
    return seen, (
        "a delayed message, looked for through the emulator's developer endpoint: "
        f"{'seen, and not received' if seen else 'not seen'}"
    )


@asks(
    Capability.FIFO_QUEUES, "a message with the deduplication id of another is dropped; order kept"
)
def fifo(bench: Bench) -> Answer:
    """Three sends, two with one deduplication id."""
    sqs = bench.client("sqs")
    url = sqs.create_queue(
        QueueName=f"{bench.name('fifo')}.fifo", Attributes={"FifoQueue": "true"}
    )["QueueUrl"]
    for body, token in (("first", "a"), ("again", "a"), ("second", "b")):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=token
        )
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
    bodies = [m["Body"] for m in got.get("Messages", [])]
    return bodies == ["first", "second"], (
        f"first, again (same deduplication id) and second, received: {', '.join(bodies) or 'none'}"
    )

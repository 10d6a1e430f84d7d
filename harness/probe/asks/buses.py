"""EventBridge and SNS."""

import json

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within


def _rule(bench: Bench, what: str, pattern: object, arn: str, **target: object) -> None:
    events, bus = bench.client("events"), bench.out("BusName")
    name = bench.name(what)
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "t", "Arn": arn, **target}])


def _event(bench: Bench, source: str, detail: object) -> None:
    entry = {
        "Source": source, "DetailType": "t", "Detail": json.dumps(detail),
        "EventBusName": bench.out("BusName"),
    }  # fmt: skip
    bench.client("events").put_events(Entries=[entry])


@asks(Capability.BUS_TO_QUEUE, "a rule's target queue gets what matches")
def bus(bench: Bench) -> Answer:
    """One event."""
    url, arn = bench.queue("bus")
    _rule(bench, "bus", {"source": ["plain"]}, arn)
    _event(bench, "plain", {})
    told = bench.received(url, 15)
    return bool(told), f"a rule on a custom bus put an event on a queue: {'yes' if told else 'no'}"


@asks(Capability.BUS_PATTERNS, "prefix, anything-but, numeric, exists and $or are honoured")
def patterns(bench: Bench) -> Answer:
    """One event that matches a pattern with all of them, and one that each part refuses."""
    url, arn = bench.queue("patterns")
    pattern = {
        "source": [{"prefix": "pat"}],
        "detail": {
            "kind": [{"anything-but": ["bad"]}],
            "size": [{"numeric": [">", 5, "<=", 10]}],
            "name": [{"exists": True}],
            "$or": [{"a": [1]}, {"b": [{"suffix": ".png"}]}],
        },
    }
    fits = {"kind": "good", "size": 7, "name": "x", "b": "y.png"}
    _rule(bench, "patterns", pattern, arn)
    for change in ({"kind": "bad"}, {"size": 5}, {"name": None}, {"b": "y.gif"}):
        detail = {k: v for k, v in {**fits, **change}.items() if v is not None}
        _event(bench, "pattern", {**detail, "wanted": False})
    _event(bench, "other", {**fits, "wanted": False})
    _event(bench, "pattern", {**fits, "wanted": True})
    got = [json.loads(body)["detail"]["wanted"] for body in bench.received(url, 15)]
    return got == [True], (
        "of six events one matches a pattern of prefix, anything-but, numeric, exists, suffix and "
        f"$or: {got.count(True)} wanted and {got.count(False)} unwanted arrived"
    )


@asks(Capability.BUS_RETRIES, "a function that failed gets its event again", slow=True)
def retries(bench: Bench) -> Answer:
    """A function that fails at the first delivery and would succeed at the second."""
    arn = bench.arn("Hesitant")
    bench.client("lambda").add_permission(
        FunctionName=arn, StatementId=bench.name("hesitant"), Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )  # fmt: skip
    policy = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}
    _rule(bench, "hesitant", {"source": ["hesitant"]}, arn, RetryPolicy=policy)
    mark = bench.name("hesitant")
    _event(bench, "hesitant", {"mark": mark})
    within(150, lambda: len(bench.seen(mark)) > 1)
    times = sorted(bench.seen(mark))
    again = f"again after {times[1] - times[0]:.0f} s" if len(times) > 1 else "not again in 150 s"
    return len(times) > 1, (
        "an event for a function that fails the first time and not the second: "
        f"{again if times else 'never delivered'}"
    )


@asks(Capability.BUS_DEAD_LETTERS, "an event that can't be delivered goes to its dead-letter queue")
def dead_letters(bench: Bench) -> Answer:
    """A target that isn't there, with a dead-letter queue and no retries."""
    url, arn = bench.queue("bus-dead")
    nowhere = arn.replace(bench.name("bus-dead"), bench.name("nowhere"))
    _rule(
        bench, "undelivered", {"source": ["undelivered"]}, nowhere, DeadLetterConfig={"Arn": arn},
        RetryPolicy={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
    )  # fmt: skip
    _event(bench, "undelivered", {})
    told = bench.received(url, 20)
    return bool(told), (
        "an event for a queue that isn't there, without retries: its dead-letter queue "
        f"{'had' if told else 'did not have'} it within 20 s"
    )


@asks(Capability.TOPIC_TO_QUEUE, "a subscribed queue gets what is published")
def topic(bench: Bench) -> Answer:
    """One notification."""
    url, arn = bench.queue("topic")
    sns = bench.client("sns")
    sns.subscribe(TopicArn=bench.out("TopicArn"), Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=bench.out("TopicArn"), Message="m")
    told = bench.received(url, 15)
    return bool(told), (
        f"a subscription put a topic's notification on a queue: {'yes' if told else 'no'}"
    )


@asks(Capability.TOPIC_FILTERS, "a subscription's filter policy is honoured")
def filters(bench: Bench) -> Answer:
    """A notification that the filter lets through, and one that it doesn't."""
    url, arn = bench.queue("filtered")
    sns = bench.client("sns")
    sns.subscribe(
        TopicArn=bench.out("TopicArn"), Protocol="sqs", Endpoint=arn,
        Attributes={"FilterPolicy": '{"kind": ["wanted"]}', "RawMessageDelivery": "true"},
    )  # fmt: skip
    for kind in ("unwanted", "wanted"):
        value = {"DataType": "String", "StringValue": kind}
        sns.publish(TopicArn=bench.out("TopicArn"), Message=kind, MessageAttributes={"kind": value})
    got = bench.received(url, 15)
    return got == ["wanted"], (
        f"of two notifications one passes the filter policy; arrived: {', '.join(got) or 'none'}"
    )

"""DynamoDB itself."""

import time
from typing import Any

from botocore.exceptions import ClientError

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within


def _refused(code: str, call: Any) -> str:
    """The error that a call has to meet; empty when it went through."""
    try:
        call()
    except ClientError as error:
        said = str(error.response["Error"]["Code"])
        if said != code:
            raise
        return said
    return ""


@asks(Capability.CONDITIONAL_WRITES, "a write whose condition fails changes nothing")
def conditional(bench: Bench) -> Answer:
    """A second writer who expects nobody."""
    table, dynamodb = bench.out("Table"), bench.client("dynamodb")

    def write(who: str) -> None:
        dynamodb.put_item(
            TableName=table, Item={"id": {"S": "conditional"}, "who": {"S": who}},
            ConditionExpression="attribute_not_exists(id)",
        )  # fmt: skip

    write("first")
    refused = _refused("ConditionalCheckFailedException", lambda: write("second"))
    read = dynamodb.get_item(TableName=table, Key={"id": {"S": "conditional"}})["Item"]
    return bool(refused) and read["who"] == {"S": "first"}, (
        f"two puts that expect no item: the second was {refused or 'taken'}, "
        f"the item is the {read['who']['S']}'s"
    )


@asks(Capability.TRANSACTIONS, "all of a transaction's writes happen, or none")
def transactions(bench: Bench) -> Answer:
    """Two puts, the second of which fails its condition."""
    table, dynamodb = bench.out("Table"), bench.client("dynamodb")
    bench.put("Table", "taken")
    puts = [
        {"Put": {"TableName": table, "Item": {"id": {"S": "half"}}}},
        {"Put": {"TableName": table, "Item": {"id": {"S": "taken"}},
                 "ConditionExpression": "attribute_not_exists(id)"}},
    ]  # fmt: skip
    refused = _refused(
        "TransactionCanceledException", lambda: dynamodb.transact_write_items(TransactItems=puts)
    )
    half = dynamodb.get_item(TableName=table, Key={"id": {"S": "half"}}).get("Item")
    return bool(refused) and half is None, (
        "a transaction whose second put fails its condition was "
        f"{refused or 'taken'}; the first put {'stayed' if half else 'is not there'}"
    )


@asks(Capability.TTL, "an expired item is deleted, within days", slow=True)
def ttl(bench: Bench) -> Answer:
    """An item that expired a minute ago."""
    bench.put("Table", "expired", expires={"N": str(int(time.time()) - 60)})
    table, dynamodb = bench.out("Table"), bench.client("dynamodb")
    key = {"id": {"S": "expired"}}
    gone = within(75, lambda: "Item" not in dynamodb.get_item(TableName=table, Key=key))
    return gone, (
        "an item whose time to live was over a minute ago was "
        f"{'gone' if gone else 'still there'} within 75 s"
    )

"""What a history may know of a request: its resource, the entities in it, an allow-list of fields.

Whatever isn't listed here stays out: messages, items and blobs are an application's data. Of
entities only the keys that ``[observe] key`` names are taken, wherever they are.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.model import Json
from harness.wire.decoding import Decoded

_EQUALS = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one operation's requests."""

    resource: tuple[str, ...] = ()
    """Paths, of which the first that is there names it; ``[]`` goes into a list's first."""
    fields: tuple[str, ...] = ()
    """Scalars that are shown."""
    entities: tuple[str, ...] = ()
    """Paths of DynamoDB items and keys."""
    messages: tuple[str, ...] = ()
    """Paths of texts that may be JSON: a message's body, an event's detail."""


_TABLE = ("TableName",)
_READ = ("IndexName", "ConsistentRead", "Limit", "Select")
_SEND = ("DelaySeconds", "MessageGroupId", "MessageDeduplicationId")

_KEPT: Mapping[str, Kept] = {
    "dynamodb.PutItem": Kept(_TABLE, ("ConditionExpression", "ReturnValues"), ("Item",)),
    "dynamodb.UpdateItem": Kept(
        _TABLE, ("UpdateExpression", "ConditionExpression", "ReturnValues"), ("Key",)
    ),
    "dynamodb.DeleteItem": Kept(_TABLE, ("ConditionExpression", "ReturnValues"), ("Key",)),
    "dynamodb.GetItem": Kept(_TABLE, ("ConsistentRead",), ("Key",)),
    "dynamodb.Query": Kept(_TABLE, (*_READ, "KeyConditionExpression")),
    "dynamodb.Scan": Kept(_TABLE, _READ),
    "dynamodb.BatchWriteItem": Kept(
        ("RequestItems",), (), ("RequestItems.*.[].*.Item", "RequestItems.*.[].*.Key")
    ),
    "dynamodb.BatchGetItem": Kept(("RequestItems",), (), ("RequestItems.*.Keys.[]",)),
    "dynamodb.TransactWriteItems": Kept(
        ("TransactItems.[].*.TableName",), (), ("TransactItems.[].*.Item", "TransactItems.[].*.Key")
    ),
    "dynamodb.TransactGetItems": Kept(
        ("TransactItems.[].*.TableName",), (), ("TransactItems.[].*.Key",)
    ),
    "sqs.SendMessage": Kept(("QueueUrl",), _SEND, (), ("MessageBody",)),
    "sqs.SendMessageBatch": Kept(("QueueUrl",), (), (), ("Entries.[].MessageBody",)),
    "sqs.ChangeMessageVisibility": Kept(("QueueUrl",), ("VisibilityTimeout",)),
    "sns.Publish": Kept(("TopicArn", "TargetArn"), (), (), ("Message",)),
    "sns.PublishBatch": Kept(("TopicArn",), (), (), ("PublishBatchRequestEntries.[].Message",)),
    "events.PutEvents": Kept(
        ("Entries.[].EventBusName",), ("Entries.[].DetailType", "Entries.[].Source"), (),
        ("Entries.[].Detail",),
    ),
    "secretsmanager.GetSecretValue": Kept(("SecretId",), ("VersionStage",)),
    "s3.*": Kept(("Bucket",), ("Key",)),
    "lambda.Invoke": Kept(("FunctionName",), ("InvocationType",)),
    "stepfunctions.StartExecution": Kept(("stateMachineArn",), (), (), ("input",)),
    "kinesis.PutRecord": Kept(("StreamName", "StreamARN")),
    "kinesis.PutRecords": Kept(("StreamName", "StreamARN")),
    "kinesis.*": Kept(("StreamName", "StreamARN")),
    "firehose.*": Kept(("DeliveryStreamName",)),
    "stepfunctions.*": Kept(("stateMachineArn",)),
    "cognito-idp.*": Kept(("UserPoolId",)),
    "ssm.GetParameter": Kept(("Name",)),
    "ssm.GetParametersByPath": Kept(("Path",)),
    "kms.*": Kept(("KeyId",)),
    "logs.*": Kept(("logGroupName",)),
    "bedrock-runtime.*": Kept(("modelId",)),
    "sqs.*": Kept(("QueueUrl",)),
    "dynamodb.*": Kept(_TABLE),
    "sns.*": Kept(("TopicArn",)),
}  # fmt: skip


_OF_PEOPLE = re.compile(r"arn:[^:]*:(iam|sts|cognito-idp|identitystore):")
"""ARNs that may end in somebody's name."""


def kept(decoded: Decoded) -> Kept:
    """What is kept of this operation's requests."""
    name = f"{decoded.service}.{decoded.operation}"
    return _KEPT.get(name) or _KEPT.get(f"{decoded.service}.*") or Kept()


def resource_of(decoded: Decoded, what: Kept) -> str | None:
    """The table, queue, topic … that it is about, by its physical name."""
    for path in what.resource:
        found = next(at(decoded.parameters, path), None)
        if isinstance(found, Mapping):  # tables are keys there
            found = next(iter(found), None)
        if isinstance(found, str):
            return short(found)
    if what.resource:
        return None
    # Where nothing is said of an operation: an ARN is a resource's, a name may be a person's.
    values = (v for v in decoded.parameters.values() if isinstance(v, str) and v.startswith("arn:"))
    return next((short(value) for value in values if not _OF_PEOPLE.match(value)), None)


def short(name: str) -> str:
    """The end of an ARN or a queue's URL; any other name as it is."""
    if name.startswith("arn:"):
        return re.split(r"[:/]", name)[-1]
    return name.rpartition("/")[2] if "://" in name else name


def fields_of(decoded: Decoded, what: Kept) -> dict[str, Json]:
    """The allowed fields, by their last name; of a condition only that there is one."""
    shown: dict[str, Json] = {}
    for path in what.fields:
        values = [v for v in at(decoded.parameters, path) if not isinstance(v, Mapping | list)]
        name = path.rpartition(".")[2]
        if values:
            shown[name] = values[0] if len(values) == 1 else values
    return shown


def keys_of(decoded: Decoded, what: Kept, names: Sequence[str]) -> tuple[str, ...]:
    """The entities that the request is about, in order, each once."""
    found = [*_in_items(decoded, what, names), *_in_messages(decoded, what, names)]
    if "KeyConditionExpression" in decoded.parameters:
        found += _in_condition(decoded.parameters, names)
    return tuple(dict.fromkeys(found))


def _in_items(decoded: Decoded, what: Kept, names: Sequence[str]) -> Iterator[str]:
    for path in what.entities:
        for item in at(decoded.parameters, path):
            for name in names:
                value = item.get(name) if isinstance(item, Mapping) else None
                if isinstance(value, Mapping):
                    text = value.get("S", value.get("N"))
                    if isinstance(text, str):
                        yield text


def _in_messages(decoded: Decoded, what: Kept, names: Sequence[str]) -> Iterator[str]:
    for body in bodies_of(decoded, what):
        if isinstance(body, Mapping):
            yield from (str(body[n]) for n in names if isinstance(body.get(n), str | int))


def bodies_of(decoded: Decoded, what: Kept) -> Iterator[Json]:
    """The messages in it: JSON as data, other text as it is."""
    for path in what.messages:
        for text in at(decoded.parameters, path):
            yield parsed(text)


def parsed(text: Json) -> Json:
    """A text's JSON; itself when it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _in_condition(parameters: Mapping[str, Json], names: Sequence[str]) -> list[str]:
    """What a query's key condition asks for: ``orderId = :order``."""
    aliases = parameters.get("ExpressionAttributeNames") or {}
    values = parameters.get("ExpressionAttributeValues") or {}
    asked = _EQUALS.findall(str(parameters["KeyConditionExpression"]))
    found = [values.get(v) for k, v in asked if aliases.get(k, k) in names]
    return [str(x.get("S", x.get("N"))) for x in found if isinstance(x, Mapping)]


def at(value: Json, path: str) -> Iterator[Json]:
    """Every value at a path: names, ``*`` for any name, ``[]`` for each of a list."""
    name, _, rest = path.partition(".")
    below: Iterable[Json]
    if name == "[]":
        below = value if isinstance(value, list) else ()
    elif not isinstance(value, Mapping):
        return
    elif name == "*":
        below = value.values()
    else:
        below = (value[name],) if name in value else ()
    for child in below:
        if rest:
            yield from at(child, rest)
        else:
            yield child

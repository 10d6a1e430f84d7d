"""What botocore serialises is decoded back: service, operation, parameters, in every protocol."""

import gzip
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.model import OperationModel
from botocore.serialize import create_serializer

from harness.wire.decoding import UNKNOWN, Decoded, Decoder
from harness.wire.models import Models

SERVICES = (
    "dynamodb", "dynamodbstreams", "sqs", "sns", "events", "s3", "secretsmanager", "lambda",
    "stepfunctions", "kinesis", "firehose", "ssm", "kms", "sesv2", "ses", "cloudwatch", "logs",
    "iam", "sts", "apigateway", "route53", "cognito-idp", "bedrock-runtime", "scheduler", "pipes",
)  # fmt: skip

TWINS = {
    # Same method, path and required members: nothing in the request tells them apart.
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "PutBucketLifecycle"): "PutBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
    ("s3", "PutBucketNotification"): "PutBucketNotificationConfiguration",
    ("s3", "ListDirectoryBuckets"): "ListBuckets",
}


@pytest.fixture(scope="module")
def decoder(models: Models) -> Decoder:
    return Decoder(models)


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_of_a_service_is_told_from_its_request(
    service: str, models: Models, decoder: Decoder
) -> None:
    for operation, protocol in operations(models, service):
        asked = made_up(operation.input_shape)
        told = sent(models, operation, protocol, asked, decoder)
        wanted = TWINS.get((service, operation.name), operation.name)
        assert (told.service, told.operation) == (service, wanted)
        for name in scalars(operation, asked):
            assert told.parameters[name] == asked[name], f"{operation.name}.{name}"


def test_a_batch_in_a_form_is_read_as_a_list(models: Models, decoder: Decoder) -> None:
    entries = [{"Id": "a", "Message": "one"}, {"Id": "b", "Message": "two"}]
    told = sent(
        models, models.operation("sns", "PublishBatch"), "query",
        {"TopicArn": "arn:aws:sns:us-east-1:1:t", "PublishBatchRequestEntries": entries}, decoder,
    )  # fmt: skip
    assert told.parameters["PublishBatchRequestEntries"] == entries


def test_an_older_sdk_speaks_to_queues_in_forms(decoder: Decoder) -> None:
    body = b"Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fx%2F1%2Fq&MessageBody=hi"
    told = decoder.decode("POST", "/", form_of("sqs"), body)
    assert (told.service, told.operation, told.protocol) == ("sqs", "SendMessage", "query")
    assert told.parameters["MessageBody"] == "hi"


def test_a_compressed_body_is_read(decoder: Decoder) -> None:
    body = gzip.compress(b"Action=PutMetricData&Version=2010-08-01&Namespace=shop")
    told = decoder.decode("POST", "/", form_of("monitoring") | {"content-encoding": "gzip"}, body)
    assert (told.service, told.operation) == ("cloudwatch", "PutMetricData")
    assert told.parameters["Namespace"] == "shop"


def test_a_presigned_address_says_whose_it_is(decoder: Decoder) -> None:
    told = decoder.decode(
        "GET", "/shop/a%20b/c.pdf?X-Amz-Credential=k%2F20261125%2Feu-west-1%2Fs3%2Faws4_request",
        {"host": "127.0.0.1:1"}, b"",
    )  # fmt: skip
    assert (told.service, told.operation) == ("s3", "GetObject")
    assert told.parameters == {"Bucket": "shop", "Key": "a b/c.pdf"}


def test_a_bucket_may_be_in_the_host(decoder: Decoder) -> None:
    headers = signed("s3") | {"host": "shop.s3.eu-west-1.amazonaws.com"}
    told = decoder.decode("PUT", "/a.txt", headers, b"")
    assert told.parameters == {"Bucket": "shop", "Key": "a.txt"}


def test_a_part_of_an_upload_is_no_object(decoder: Decoder) -> None:
    told = decoder.decode("PUT", "/b/k?partNumber=2&uploadId=u", signed("s3"), b"")
    assert told.operation == "UploadPart"
    assert told.parameters["PartNumber"] == 2


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("POST", "/", {"x-amz-target": "Nobody_1.Asks"}, b"{}"),
        ("POST", "/", {}, b""),
        ("GET", "/no/such/thing", {"authorization": "AWS4-HMAC-SHA256 rubbish"}, b""),
        ("POST", "/", {"content-type": "application/x-www-form-urlencoded"}, b"Action=Fly"),
        ("DELETE", "/2015-03-31/nothing", {}, b"\x00\xff"),
    ],
)
def test_what_nobody_understands_is_unknown(
    decoder: Decoder, method: str, target: str, headers: dict[str, str], body: bytes
) -> None:
    told = decoder.decode(method, target, headers, body)
    assert told.operation == UNKNOWN or told.service == "s3"
    assert not told.known or told.service == "s3"


def test_a_body_that_is_no_json_has_no_parameters(decoder: Decoder) -> None:
    told = decoder.decode("POST", "/", {"x-amz-target": "DynamoDB_20120810.PutItem"}, b"{rubbish")
    assert told.known
    assert told.parameters == {}


def operations(models: Models, service: str) -> Iterator[tuple[OperationModel, str]]:
    model = models.model(service)
    for protocol in models.services[service].speaks:
        for name in model.operation_names:
            yield model.operation_model(name), protocol


def sent(
    models: Models, operation: OperationModel, protocol: str, asked: Any, decoder: Decoder
) -> Decoded:
    """Decode what botocore would send."""
    serializer = create_serializer(protocol, include_validation=False)
    request: Any = serializer.serialize_to_request(asked, operation)
    body, query = request["body"], request["query_string"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
    target = request["url_path"]
    if query:
        target += ("&" if "?" in target else "?") + urlencode(query, doseq=True)
    headers = {k.lower(): str(v) for k, v in request["headers"].items()}
    signing = models.services[operation.service_model.service_name].signing
    data = body.encode() if isinstance(body, str) else bytes(body or b"")
    return decoder.decode(request["method"], target, headers | signed(signing), data)


def signed(service: str) -> dict[str, str]:
    scope = f"test/20261125/us-east-1/{service}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host"}


def form_of(service: str) -> dict[str, str]:
    return signed(service) | {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def scalars(operation: OperationModel, asked: Mapping[str, Any]) -> list[str]:
    """The parameters whose decoded value must be the very same."""
    shape: Any = operation.input_shape
    return [
        name for name, value in asked.items()
        if isinstance(value, str | int | bool)
        and shape.members[name].type_name in ("string", "integer", "long", "boolean")
        and shape.serialization.get("payload") != name
    ]  # fmt: skip


def made_up(shape: Any, above: tuple[str, ...] = ()) -> Any:  # noqa: PLR0911  # one a type
    """The least that a shape allows: every required member, once."""
    if shape is None or shape.name in above:
        return {}
    inside = (*above, shape.name)
    match shape.type_name:
        case "structure":
            return {n: made_up(shape.members[n], inside) for n in shape.required_members}
        case "list":
            return [made_up(shape.member, inside)]
        case "map":
            return {"key": made_up(shape.value, inside)}
        case "string":
            return shape.enum[0] if shape.enum else "Name1"
        case "blob":
            return b"data"
        case "boolean":
            return True
        case "timestamp":
            return 1_700_000_000
        case "float" | "double":
            return 1.5
        case _:
            return 1

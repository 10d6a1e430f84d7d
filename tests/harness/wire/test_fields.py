"""What a call is about, and nothing of who it is about."""

import pytest

from harness.model import Json
from harness.wire.decoding import Decoded
from harness.wire.fields import kept, resource_of


def about(service: str, operation: str, parameters: dict[str, Json]) -> str | None:
    decoded = Decoded(service, operation, "json", parameters)
    return resource_of(decoded, kept(decoded))


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "resource"),
    [
        ("sqs", "SendMessage", {"QueueUrl": "http://a/0/pay"}, "pay"),
        ("dynamodb", "ListTables", {}, None),
        ("cognito-idp", "AdminGetUser", {"UserPoolId": "p", "Username": "ada@example.com"}, "p"),
        ("scheduler", "Any", {"RoleArn": "arn:aws:iam::1:user/jane.doe"}, None),
        ("glue", "StartJobRun", {"JobName": "ada@example.com"}, None),
        ("ses", "SendEmail", {"FromName": "Ada", "SourceArn": "arn:aws:ses:eu:1:identity/x"}, "x"),
    ],
)
def test_a_name_that_may_be_a_persons_is_no_resource(
    service: str, operation: str, parameters: dict[str, Json], resource: str | None
) -> None:
    assert about(service, operation, parameters) == resource

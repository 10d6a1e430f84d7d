"""AWS's errors in the words of the ports, and the health check's looks."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from larder.adapters.aws import Aws, refused_item, store_errors
from larder.adapters.items import from_item, to_item
from larder.adapters.moments import RandomIds, SystemClock
from larder.adapters.probes import FRESH_FOR, AwsProbes
from larder.domain.moments import read_moment, write_moment
from larder.services.errors import Conflict, StoreUnavailable

from tests.reference_impl.stack import Cloud


def client_error(code: str, **more: object) -> ClientError:
    return ClientError({"Error": {"Code": code}, **more}, "UpdateItem")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (client_error("ConditionalCheckFailedException"), Conflict),
        (client_error("ProvisionedThroughputExceededException"), StoreUnavailable),
        (client_error("AccessDeniedException"), StoreUnavailable),
        (EndpointConnectionError(endpoint_url="https://aws.example"), StoreUnavailable),
        (client_error("ValidationException"), ClientError),
        (KeyError("a defect"), KeyError),
    ],
)
def test_an_error_of_aws_becomes_one_of_the_ports(
    error: Exception, becomes: type[Exception]
) -> None:
    with pytest.raises(becomes), store_errors("try"):
        raise error


def test_requests_are_signed_with_the_functions_own_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws = Aws()
    assert (aws.credentials().access_key, aws.region) == ("key", "eu-west-1")


def test_without_credentials_nothing_can_be_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: None)
    with pytest.raises(StoreUnavailable):
        Aws().credentials()


def test_a_refused_condition_can_tell_what_it_met() -> None:
    item = {"orderId": {"S": "1"}}
    with pytest.raises(Conflict) as refused, store_errors("try"):
        raise client_error("ConditionalCheckFailedException", Item=item)
    assert refused_item(refused.value) == item
    assert refused_item(Conflict("by hand")) == {}


def test_a_client_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws = Aws()
    assert aws.client("sqs") is aws.client("sqs")
    config = aws.single_shot("bedrock-runtime", 0.5).meta.config
    assert (config.read_timeout, config.retries["total_max_attempts"]) == (0.5, 1)


def test_a_record_cannot_keep_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        to_item({"price": 1.5})


def test_sets_and_nothing_are_read_as_others_wrote_them() -> None:
    item = {"tags": {"SS": ["a"]}, "none": {"NULL": True}}
    assert from_item(item) == {"tags": {"a"}, "none": None}


def test_a_probe_tells_a_dependency_that_is_there_from_one_that_is_not(cloud: Cloud) -> None:
    probes = AwsProbes(
        cloud.client("dynamodb"),
        cloud.client("sqs"),
        tables={"orders-table": cloud.table("OrdersTable"), "lost-table": "nowhere"},
        queues={"pay-queue": cloud.queue(), "lost-queue": cloud.queue() + "-gone"},
        clock=lambda: 0.0,
    )
    checks = probes.checks()
    checks["orders-table"]()
    checks["pay-queue"]()
    for lost in ("lost-table", "lost-queue"):
        with pytest.raises(StoreUnavailable):
            checks[lost]()


def test_a_moment_is_written_to_the_millisecond_and_read_back() -> None:
    now = SystemClock().now()
    assert read_moment(write_moment(now)) == now
    assert write_moment(now).endswith("Z")
    assert len(write_moment(now)) == 24


def test_names_are_never_given_twice() -> None:
    names = RandomIds()
    assert len({names.new() for _ in range(100)}) == 100


def test_what_was_well_is_looked_at_again_after_a_while_and_what_was_not_at_once() -> None:
    class Tables:
        asked = 0
        status = "ACTIVE"

        def describe_table(self, **_: object) -> dict[str, dict[str, str]]:
            self.asked += 1
            return {"Table": {"TableStatus": self.status}}

    tables, now = Tables(), [0.0]
    probes = AwsProbes(
        tables,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        tables={"orders-table": "orders"},
        queues={},
        clock=lambda: now[0],
    )
    look = probes.checks()["orders-table"]
    look()
    look()
    assert tables.asked == 1
    tables.status, now[0] = "ARCHIVING", FRESH_FOR
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="ARCHIVING"):
            look()
    assert tables.asked == 3

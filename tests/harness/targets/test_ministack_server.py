"""What must be so on whatever server MiniStack runs: SDKs depend on it."""

import http.client
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.client import BaseClient

from harness.targets import EmbeddedTarget, TargetSettings, default_home


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with EmbeddedTarget(TargetSettings(), default_home(os.environ)) as target:
        yield target.start(lambda _: None).url


@pytest.fixture(scope="module")
def s3(url: str) -> BaseClient:
    client = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip
    client.create_bucket(Bucket="things")
    return client


def test_answers_say_when_and_not_by_whom(url: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    for _ in range(2):  # the second over the same connection
        connection.request("GET", "/_ministack/health")
        answer = connection.getresponse()
        answer.read()
        names = [name.lower() for name, _ in answer.getheaders()]
        assert answer.status == 200
        assert names.count("date") == 1
        assert "server" not in names
    connection.close()


def test_an_upload_that_waits_for_leave_gets_it(s3: BaseClient) -> None:
    # botocore sends Expect: 100-continue, and the body once it is told to.
    body = os.urandom(3_000_000)
    s3.put_object(Bucket="things", Key="large", Body=body)
    assert s3.get_object(Bucket="things", Key="large")["Body"].read() == body


def test_asking_for_the_head_gives_the_length_and_no_body(s3: BaseClient) -> None:
    s3.put_object(Bucket="things", Key="small", Body=b"12345")
    assert s3.head_object(Bucket="things", Key="small")["ContentLength"] == 5
    with pytest.raises(s3.exceptions.ClientError, match="404"):
        s3.head_object(Bucket="things", Key="none")
    s3.delete_object(Bucket="things", Key="small")  # 204, without a body


def test_names_with_escapes_arrive_as_they_were_sent(s3: BaseClient) -> None:
    name = "a b/ü%2F+?#&=.txt"
    s3.put_object(Bucket="things", Key=name, Body=b"")
    assert name in [each["Key"] for each in s3.list_objects_v2(Bucket="things")["Contents"]]

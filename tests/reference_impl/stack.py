"""Single resources of the template on an emulator, and the template itself as data."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import yaml

TEMPLATE = Path(__file__).parents[2] / "reference_impl" / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as their long forms."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix == "Ref" else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    return {name: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _tagged)


@cache
def template() -> dict[str, Any]:
    """The template."""
    loaded: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    return loaded


def functions() -> dict[str, dict[str, Any]]:
    """The properties of the template's functions, by their module."""
    return {
        resource["Properties"]["Handler"].split(".")[2]: resource["Properties"]
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }


class Cloud:
    """Clients for the emulator, and fresh resources under names of their own."""

    def __init__(self, url: str, region: str, credentials: Mapping[str, str]) -> None:
        self._session = boto3.session.Session(region_name=region, **credentials)
        self._url = url
        self._clients: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._url)
        return self._clients[service]

    def table(self, logical: str) -> str:
        """A new table of the template's shape; gives its name."""
        described = template()["Resources"][logical]["Properties"]
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        name = f"{logical}-{next(self._numbers)}"
        self.client("dynamodb").create_table(
            TableName=name, **{key: described[key] for key in wanted if key in described}
        )
        return name

    def queue(self) -> str:
        """A new queue; gives its URL."""
        name = f"queue-{next(self._numbers)}"
        url: str = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url

    def arn_of(self, queue: str) -> str:
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=queue, AttributeNames=["QueueArn"]
        )
        arn: str = answer["Attributes"]["QueueArn"]
        return arn

    def messages(self, queue: str, wait: int = 2) -> list[dict[str, Any]]:
        """What can be received now, or within ``wait`` seconds where there is nothing yet."""
        answer = self.client("sqs").receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
        )
        received: list[dict[str, Any]] = answer.get("Messages", [])
        return received

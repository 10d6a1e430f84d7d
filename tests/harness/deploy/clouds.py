"""An account that has one stack at most, and does at once what CloudFormation is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError


@dataclass
class Cloud:
    """Stands in for ``Aws``: each of its services is itself.

    Like LocalStack, it leaves a stack's tags as they are when it updates it.
    """

    name: str = "shop"
    status: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    region: str = "eu-west-1"
    asked: list[str] = field(default_factory=list)
    """What would have changed something, in order."""

    def client(self, service: str) -> "Cloud":
        return self

    def describe_stacks(self, StackName: str) -> Any:
        if self.status is None or StackName != self.name:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return {"Stacks": [{"StackStatus": self.status, "Tags": tags}]}

    def create_stack(self, *, StackName: str, Tags: list[dict[str, str]], **_: Any) -> None:
        self.asked.append("create")
        self.name, self.status = StackName, "CREATE_COMPLETE"
        self.tags = {tag["Key"]: tag["Value"] for tag in Tags}

    def update_stack(self, **_: Any) -> None:
        self.asked.append("update")
        self.status = "UPDATE_COMPLETE"

    def delete_stack(self, StackName: str) -> None:
        self.asked.append("delete")
        self.status = None

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "000000000000"}

    def get_paginator(self, operation: str) -> "Cloud":
        return self

    def paginate(self, **_: Any) -> Iterator[Any]:
        return iter(())

    def delete_bucket(self, Bucket: str) -> None:
        """There is none."""

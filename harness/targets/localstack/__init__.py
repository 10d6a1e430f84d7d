"""LocalStack: the reference target, had in one of several ways."""

from harness.targets.localstack.attached import AttachedLocalStack
from harness.targets.localstack.choice import choose
from harness.targets.localstack.container import LocalStackContainer
from harness.targets.localstack.here import LocalStackHere
from harness.targets.localstack.process import LocalStackProcess

__all__ = [
    "AttachedLocalStack",
    "LocalStackContainer",
    "LocalStackHere",
    "LocalStackProcess",
    "choose",
]

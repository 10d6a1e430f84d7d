"""Which emulator's queues are looked into how."""

from collections.abc import Iterable

from harness.model import Stage
from harness.observe.peeking import Peek, Peeker
from harness.observe.peeking_localstack import LocalStackPeeker


def peeker_of(stage: Stage, queues: Iterable[str]) -> Peek:
    """How to look into this stage's queues; these are wanted."""
    if stage.target == "localstack":
        return LocalStackPeeker(stage, queues)
    return Peeker(stage)

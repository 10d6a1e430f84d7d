"""Which emulator's queues are looked into how."""

from collections.abc import Iterable
from urllib.parse import urlencode

from harness.model import Stage
from harness.observe.peeking import Peek, Peeker
from harness.observe.peeking_localstack import LocalStackPeeker, account_of
from harness.targets.answering import ask

_OURS = "/_process_executor"
"""What a LocalStack that we started answers besides: all queues in one look."""


def peeker_of(stage: Stage, queues: Iterable[str]) -> Peek:
    """How to look into this stage's queues; these are wanted."""
    if stage.target != "localstack":
        return Peeker(stage)
    if ask(f"{stage.endpoint}{_OURS}") is None:
        return LocalStackPeeker(stage, queues)
    wanted = {"account": account_of(stage), "region": stage.region, "queues": ",".join(queues)}
    return Peeker(stage, f"{_OURS}/messages?{urlencode(wanted)}")

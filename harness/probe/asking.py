"""Questions: one for each capability, asked by trying."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.model import Capability
from harness.probe.bench import Bench

Answer = tuple[bool, str]
"""Whether the target does it, and what was tried and what happened."""
Ask = Callable[[Bench], Answer]


@dataclass(frozen=True)
class Question:
    """How a capability is measured, and what AWS documents."""

    capability: Capability
    ask: Ask
    aws: str
    """AWS's own behaviour, in a line."""
    slow: bool = False
    """It takes more than ten seconds, whatever the answer."""


QUESTIONS: dict[Capability, Question] = {}


def asks(capability: Capability, aws: str, *, slow: bool = False) -> Callable[[Ask], Ask]:
    """Declare how a capability is measured."""

    def declare(ask: Ask) -> Ask:
        if capability in QUESTIONS:
            raise ValueError(f"{capability} is asked twice")
        QUESTIONS[capability] = Question(capability, ask, aws, slow)
        return ask

    return declare

"""Whose a stack of ours is, as its tag says: kept by ``deploy``, or a run's."""

from dataclasses import dataclass

from harness.targets import Endpoint
from harness.targets.owners import owner

TAG = "stageproof"
"""Tag of the stacks that we make: others aren't touched."""
KEPT = "kept"
"""Its value on those that ``deploy`` leaves; before there was one, it was the stack's name."""


@dataclass(frozen=True)
class Owner:
    """For whom a stack is made."""

    mark: str
    """The tag's value."""
    alone: bool = False
    """Nobody else has stacks where it stands: what is ours there is this run's, too."""

    @property
    def keeps(self) -> bool:
        """Whether the stack is one that stays, with what people put into it."""
        return self.mark == KEPT


DEPLOY = Owner(KEPT)


def run_on(endpoint: Endpoint) -> Owner:
    """This process, which verifies or measures there."""
    return Owner(owner(), alone=not endpoint.shared)

"""Whose a stack of ours is, as its tag says: kept by ``deploy``, or a run's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.deploy.errors import DeployError
from harness.targets import Endpoint
from harness.targets.owners import is_gone, is_here, is_owner, owner, told

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

    def refusal(self, mark: str, stack: str, destroy: str) -> DeployError | None:
        """Why it can't have a stack that is marked so; None where it can.

        ``destroy`` is the command that takes that stack away.
        """
        if self.alone or mark == self.mark:
            return None
        if not is_owner(mark):
            return None if self.keeps else _kept(stack, destroy)
        if self.keeps:
            return _not_to_keep(mark, stack, destroy)
        return None if is_gone(mark) else _in_use(mark, stack, destroy)


DEPLOY = Owner(KEPT)


def run_on(endpoint: Endpoint) -> Owner:
    """This process, which verifies or measures there."""
    return Owner(owner(), alone=not endpoint.shared)


def mark_of(tags: Iterable[Mapping[str, str]]) -> str | None:
    """Whose a stack with these tags is; None for one that we didn't make."""
    return next((tag["Value"] for tag in tags if tag["Key"] == TAG), None)


def _kept(stack: str, destroy: str) -> DeployError:
    return DeployError(
        f"there is a stack {stack} already, which somebody deployed to keep",
        f"It is left as it is. If it may go with all it holds: {destroy}; or call the application "
        "something else in harness.toml.",
    )


def _not_to_keep(mark: str, stack: str, destroy: str) -> DeployError:
    return DeployError(
        f"the stack {stack} is a run's ({told(mark)}), which is nothing to deploy to",
        f"It is left as it is. Give another name (--stack NAME); or, if it may go: {destroy}.",
    )


def _in_use(mark: str, stack: str, destroy: str) -> DeployError:
    if is_here(mark):
        what, mend = "another run's, which goes on", "Wait until that has ended"
    else:
        what, mend = "a run's on another machine", "Ask there whether it goes on"
    return DeployError(
        f"the stack {stack} is {what} ({told(mark)})",
        f"It is left as it is. {mend}; or, if the stack may go: {destroy}.",
    )

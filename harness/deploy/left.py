"""A stack that was deployed to stay: looked at, and taken away, by its name."""

from botocore.exceptions import BotoCoreError, ClientError

from harness.deploy.errors import DeployError
from harness.deploy.stack import Stack
from harness.targets import Aws, Endpoint


def outputs_of(endpoint: Endpoint, name: str) -> dict[str, str]:
    """The outputs of a stack, by name.

    Raises:
        DeployError: there is no such stack, or it can't be read.
    """
    stack = Stack(Aws.of(endpoint), name)
    try:
        if not stack.exists():
            raise DeployError(
                f"there is no stack {name} in {endpoint.region}", "Deploy it: stageproof deploy."
            )
        return stack.outputs()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"the stack {name} can't be read: {error}", "Mend what it names, and try again."
        ) from None


def take_away(endpoint: Endpoint, name: str) -> bool:
    """Delete a stack of ours with its code, a kept one or a run's; whether there was one.

    Raises:
        DeployError: somebody else made it, or something of it couldn't be deleted.
    """
    stack = Stack(Aws.of(endpoint), name)
    try:
        if not stack.exists():
            return False
        if not stack.is_ours():
            raise DeployError(
                f"stageproof didn't make the stack {name}",
                "It is left as it is. Whoever made it knows how it is taken away.",
            )
        stack.delete()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"could not delete the stack {name}: {error}", "Mend what it names, and try again."
        ) from None
    return True

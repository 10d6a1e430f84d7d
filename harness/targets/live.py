"""A live stage: somebody deployed it; it is attached to, read and called, never changed."""

from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # botocore's own
    HTTPClientError,
    NoCredentialsError,
)

from harness.model import Capability, Measured
from harness.targets.aws import Aws
from harness.targets.base import Entered
from harness.targets.endpoint import Endpoint, Progress, Python
from harness.targets.errors import TargetError
from harness.targets.existing import Existing, read_outputs
from harness.targets.settings import TargetSettings

STACK, OUTPUTS = "STAGEPROOF_STACK", "STAGEPROOF_OUTPUTS"
_MEND = "Give --stack NAME (your AWS credentials, [targets.live] region), or --outputs FILE."
NOT_HERE = {
    Capability.CONTROL: "a live stage is somebody's: nothing of it is changed or made to fail",
    Capability.QUEUE_PEEK: "AWS shows a queue's messages only to who receives them",
    Capability.PROCESSES: "functions run at AWS",
    Capability.WIRE: "functions run at AWS, and their environment is not ours to change",
    Capability.BUS_TO_QUEUE: "watching a bus would make a queue and a rule on a live stage",
    Capability.TOPIC_TO_QUEUE: "watching a topic would make a queue and a subscription",
}
"""What can't be done on a live stage that is somebody's."""
EXPENDABLE = "StageproofExpendable"
"""The output by which a stage says, with ``true``, that it is nobody's."""
_TAPS = (Capability.BUS_TO_QUEUE, Capability.TOPIC_TO_QUEUE)
"""What may be done on a stage that is nobody's: a queue to watch by, taken away at the end."""
_BY_AWS = "AWS documents it"
_SIGN_IN = (
    "Sign in again (aws sso login), or mend AWS_PROFILE; then try. To go on with what needs no "
    "credentials, unset them."
)
_BROKEN = 500
"""Statuses from here on are AWS's own trouble."""


class LiveTarget(Entered):
    """AWS itself, by the caller's own credentials.

    Args:
        settings: ``[targets.live]``: region, and the stack or the outputs file.
        user: may name them too (``--stack``, ``--outputs``).
    """

    name = "live"
    disposable = True
    """Nothing on it is ours to take away."""
    shared = False
    """Nothing is put there beside the stage that was found."""

    def __init__(self, settings: TargetSettings, *, user: Mapping[str, str] = environ) -> None:
        self._settings = settings
        self._stack = user.get(STACK) or settings.stack
        self._outputs = user.get(OUTPUTS) or settings.outputs
        if self._stack and self._outputs and user.get(STACK) and user.get(OUTPUTS):
            raise TargetError("--stack and --outputs both say where the stage is", "Give one.")
        if user.get(OUTPUTS):
            self._stack = None

    def start(self, progress: Progress) -> Endpoint:
        """Find the stage, reading alone.

        Raises:
            TargetError: it isn't said which, the credentials don't do, there is no such stack.
                Without any, an outputs file will do.
        """
        aws = Aws(None, self._settings.region, {})
        if self._stack:
            existing = _described(aws, self._stack, self._settings.region)
            progress(f"attached to the stack {self._stack} in {self._settings.region}")
        elif self._outputs:
            existing = Existing(Path(self._outputs).stem, read_outputs(Path(self._outputs)))
            progress(f"attached to the stage of {self._outputs}")
        else:
            raise TargetError("it isn't said which live stage", _MEND)
        return self._endpoint(aws, existing)

    def ground(self) -> Endpoint:
        """The account and region, to deploy to: no stage is looked for.

        Raises:
            TargetError: the credentials don't do.
        """
        aws = Aws(None, self._settings.region, {})
        if (why := _no_credentials(aws)) is not None:
            raise TargetError(why, "Sign in (aws sso login), or set AWS_PROFILE; then try again.")
        return self._endpoint(aws, None)

    def stop(self) -> None:
        """There is nothing to stop."""

    def alive(self) -> bool:
        """Its answers tell."""
        return True

    def death(self) -> TargetError:
        """It doesn't die."""
        return TargetError("the live stage went away", "See what became of it.")

    def _expendable(self, existing: Existing | None) -> bool:
        """Whether both say so, the stage and whoever verifies it: neither may speak for the other.

        Raises:
            TargetError: whoever verifies it takes somebody's stage for nobody's.
        """
        if existing is None or not self._settings.expendable:
            return False
        if existing.outputs.get(EXPENDABLE, "").lower() != "true":
            raise TargetError(
                f"[targets.live] expendable is true, and {existing.name} doesn't say that it is",
                f"Give the stage the output {EXPENDABLE} = true if nobody needs it, or take "
                "expendable out.",
            )
        return True

    def _endpoint(self, aws: Aws, existing: Existing | None) -> Endpoint:
        return Endpoint(
            target=self.name,
            url="",
            region=self._settings.region,
            credentials={},
            python=Python(version="3.13", platform="x86_64-unknown-linux-gnu"),
            capabilities=_capabilities(aws, expendable=self._expendable(existing)),
            log=Path("CloudWatch Logs"),
            existing=existing,
        )


def _described(aws: Aws, stack: str, region: str) -> Existing:
    client = aws.client("cloudformation")
    try:
        (found,) = client.describe_stacks(StackName=stack)["Stacks"]
        pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
        resources = {
            r["LogicalResourceId"]: (r["ResourceType"], r.get("PhysicalResourceId", ""))
            for page in pages
            for r in page["StackResourceSummaries"]
        }
    except (ClientError, BotoCoreError) as error:
        raise _refused(error, stack, region) from None
    if not str(found["StackStatus"]).endswith("_COMPLETE") or "ROLLBACK" in found["StackStatus"]:
        raise TargetError(
            f"the stack {stack} is {found['StackStatus']}: its deploy isn't done, or failed",
            "Wait for it, or deploy it again; then attach.",
        )
    return Existing(
        stack,
        {x["OutputKey"]: x["OutputValue"] for x in found.get("Outputs", [])},
        {x["ParameterKey"]: x["ParameterValue"] for x in found.get("Parameters", [])},
        resources,
    )


def _refused(error: Exception, stack: str, region: str) -> TargetError:
    said = " ".join(str(error).split())
    if "does not exist" in said:
        return TargetError(
            f"there is no stack {stack} in {region}",
            "Mend the name, or [targets.live] region in harness.toml.",
        )
    if any(x in said for x in ("xpired", "credentials", "security token", "InvalidClientToken")):
        return _not_taken(said)
    return TargetError(f"the stack {stack} can't be read: {said}", _MEND)


def _capabilities(aws: Aws, *, expendable: bool = False) -> dict[Capability, Measured]:
    lacking = {c: w for c, w in NOT_HERE.items() if not (expendable and c in _TAPS)}
    if (why := _no_credentials(aws)) is not None:
        needing = (Capability.STREAM_READ, Capability.FUNCTION_LOGS, Capability.INVOKE, *_TAPS)
        lacking = {**dict.fromkeys(needing, why), **lacking}
    return {c: Measured(c, c not in lacking, lacking.get(c, _BY_AWS)) for c in Capability}


def _no_credentials(aws: Aws) -> str | None:
    """Why nothing of AWS's own can be read: nobody has signed in, or it can't be asked; None where
    it can.

    Raises:
        TargetError: somebody has signed in, and AWS doesn't take it (any more): less would be
            judged than was meant, and nobody would see why.
    """
    try:
        client: Any = aws.client("sts")
        client.get_caller_identity()
    except NoCredentialsError as error:
        return f"there are no AWS credentials to read it with: {_short(error)}"
    except (ConnectionError, HTTPClientError) as error:
        return f"AWS can't be asked whose credentials these are: {_short(error)}"
    except ClientError as error:
        if _answered_nothing(error):
            return f"AWS can't say whose credentials these are: {_short(error)}"
        raise _not_taken(_short(error)) from None
    except BotoCoreError as error:
        raise _not_taken(_short(error)) from None
    return None


def _answered_nothing(error: ClientError) -> bool:
    """Whether AWS was too busy to look, or broken: that says nothing of who asks."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return status >= _BROKEN or "Throttl" in error.response["Error"].get("Code", "")


def _not_taken(why: str) -> TargetError:
    return TargetError(f"AWS doesn't take your credentials: {why}", _SIGN_IN)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]

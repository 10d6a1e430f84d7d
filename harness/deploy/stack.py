"""A stack's life in CloudFormation."""

import json
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from harness.deploy.errors import DeployError
from harness.deploy.whose import DEPLOY, TAG, Owner, mark_of
from harness.targets import Aws
from harness.targets.owners import is_owner

_LONGEST_BODY = 51_200
"""Bytes that CloudFormation takes as a body; a longer one has to lie in a bucket."""
_LONGEST_BUCKET = 63
"""Characters of a bucket's name: a stack's can be longer than leaves room for more."""
_POLL = (0.03, 0.3)
"""Seconds between two looks at the stack: the first, and the most it grows to."""
_NEVER_WAS = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
"""What a deploy leaves that failed at a stack's birth: it holds nothing and can only be deleted."""
_STUCK = ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")
"""What can't be updated either, but was in use before: its tables may be there still."""
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Stack:
    """One stack of an account, by name; ``owner`` is for whom it is made."""

    def __init__(
        self, aws: Aws, name: str, *, owner: Owner = DEPLOY, seconds: float = 600.0
    ) -> None:
        self._aws = aws
        self.name = name
        self._owner = owner
        self._seconds = seconds

    @cached_property
    def bucket(self) -> str:
        """Where its code lies: all of AWS shares one space of bucket names."""
        account = self._aws.client("sts").get_caller_identity()["Account"]
        where = f"-code-{account}-{self._aws.region}"
        if len(self.name) + len(where) <= _LONGEST_BUCKET:
            return self.name + where
        told_apart = f"-{sha256(self.name.encode()).hexdigest()[:8]}{where}"
        return self.name[: _LONGEST_BUCKET - len(told_apart)] + told_apart

    def upload(self, key: str, content: bytes) -> str:
        """Put something into the stack's bucket; gives its s3:// address."""
        s3 = self._aws.client("s3")
        try:
            s3.head_bucket(Bucket=self.bucket)
        except ClientError:
            s3.create_bucket(Bucket=self.bucket, **_in_region(self._aws.region))
        s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return self.address(key)

    def address(self, key: str) -> str:
        """The s3:// address of what lies, or will lie, in the stack's bucket."""
        return f"s3://{self.bucket}/{key}"

    def exists(self) -> bool:
        """Whether there is a stack of this name, in whatever state."""
        return self._status() is not None

    def is_ours(self) -> bool:
        """Whether we made it, to keep or for a run; nobody else's is touched."""
        return self._mark() is not None

    def is_owners(self) -> bool:
        """Whether it is there, and made for this very owner."""
        return self.exists() and self._mark() == self._owner.mark

    def claim(self) -> None:
        """See that the name is free, or the stack ours; what is left of a broken one is removed.

        Of a stack that is kept, only what never came to be; of a run that is gone, all.

        Raises:
            DeployError: another's stack has the name, or ours is in a state that it has to be
                brought out of first. Nothing was changed.
        """
        if not self.exists():
            return
        mark = self._claimable()
        status = self._settled()
        if status in _STUCK and self._owner.keeps:
            raise self._stuck(status)
        if self._must_be_ours_anew(mark) or status in (*_NEVER_WAS, *_STUCK):
            self.delete()

    def apply(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        """Create the stack or update it, and wait until that is done.

        Raises:
            DeployError: each resource that failed, with its reason; or another's stack has the
                name by now.
        """
        cloudformation = self._aws.client("cloudformation")
        call = cloudformation.create_stack
        if self.exists():
            self._claimable()  # again: since then, code was uploaded for seconds
            call = cloudformation.update_stack
        try:
            call(
                StackName=self.name,
                Parameters=[
                    {"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()
                ],
                Capabilities=_CAPABILITIES,
                Tags=[{"Key": TAG, "Value": self._owner.mark}],
                **self._body(template),
            )
        except ClientError as error:
            message = error.response["Error"]["Message"]
            if "No updates are to be performed" in message:
                return
            raise DeployError(
                f"CloudFormation refused the template: {message}", "Mend the template."
            ) from None
        self._wait(lambda status: status.endswith("_COMPLETE") and "ROLLBACK" not in status)

    def delete(self) -> None:
        """Delete it and wait; its bucket too. Harmless when it isn't there."""
        if self._status() is not None:
            self._aws.client("cloudformation").delete_stack(StackName=self.name)
            self._wait(lambda status: status == "DELETE_COMPLETE")
        self._delete_bucket()

    def outputs(self) -> dict[str, str]:
        """Its outputs by name."""
        return {x["OutputKey"]: x["OutputValue"] for x in self._describe().get("Outputs", [])}

    def resources(self) -> dict[str, tuple[str, str]]:
        """Logical id → (type, physical id), those that SAM made too."""
        pages = self._aws.client("cloudformation").get_paginator("list_stack_resources")
        return {
            r["LogicalResourceId"]: (r["ResourceType"], r.get("PhysicalResourceId", ""))
            for page in pages.paginate(StackName=self.name)
            for r in page["StackResourceSummaries"]
        }

    def _body(self, template: Mapping[str, Any]) -> dict[str, str]:
        text = json.dumps(template, separators=(",", ":"), default=str)
        if len(text.encode()) <= _LONGEST_BODY:
            return {"TemplateBody": text}
        self.upload("template.json", text.encode())
        where = self._aws.client("s3").meta.endpoint_url
        return {"TemplateURL": f"{where}/{self.bucket}/template.json"}

    def _describe(self) -> dict[str, Any]:
        described = self._aws.client("cloudformation").describe_stacks(StackName=self.name)
        return dict(described["Stacks"][0])

    def _mark(self) -> str | None:
        return mark_of(self._describe().get("Tags", []))

    def _must_be_ours_anew(self, mark: str) -> bool:
        # LocalStack leaves a stack's tags as they are when it updates it: what is taken over from
        # a run that is gone would go on being called that one's, and be taken from us.
        return is_owner(mark) and mark != self._owner.mark and not self._owner.alone

    def _claimable(self) -> str:
        """The mark of the stack that is there, which its owner may have."""
        mark = self._mark()
        if mark is None:
            raise DeployError(
                f"there is a stack {self.name} already, which stageproof didn't make",
                "It is left as it is. Remove it by hand if it may go, or call the application "
                "something else in harness.toml.",
            )
        if (refusal := self._owner.refusal(mark, self.name, self._destroy)) is not None:
            raise refusal
        return mark

    def _status(self) -> str | None:
        try:
            status = str(self._describe()["StackStatus"])
        except ClientError:
            return None
        return None if status == "DELETE_COMPLETE" else status

    def _wait(self, good: Callable[[str], bool]) -> None:
        status = self._settled()
        if not good(status):
            raise self._failure(status)

    def _settled(self) -> str:
        """Its status once nothing is under way; DELETE_COMPLETE when it isn't there."""
        deadline = time.monotonic() + self._seconds
        pause, most = _POLL
        while True:
            status = self._status() or "DELETE_COMPLETE"
            if not status.endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() > deadline:
                raise DeployError(
                    f"the stack {self.name} is still {status} after {self._seconds:.0f} s",
                    "Look at its events.",
                )
            time.sleep(pause)  # CloudFormation has nothing to wait on but its answer
            pause = min(most, pause * 1.2)

    def _stuck(self, status: str) -> DeployError:
        """What its owner has to decide: nothing that people filled is deleted to deploy again."""
        where = f"--region {self._aws.region}"
        where += f" --endpoint-url {self._aws.url}" if self._aws.url else ""
        if status == "UPDATE_ROLLBACK_FAILED":
            mend = (
                "See what its events say kept it from going back and mend that, then: "
                f"aws cloudformation continue-update-rollback --stack-name {self.name} {where}; "
                "then deploy again."
            )
        else:
            mend = (
                "Somebody had it deleted. If it may go with all it holds, take the rest away: "
                f"{self._destroy}; then deploy again."
            )
        return DeployError(f"the stack {self.name} is {status}; it is left as it is", mend)

    @property
    def _destroy(self) -> str:
        """The command that takes it away."""
        if self._aws.url is None:
            return f"stageproof destroy --target live --stack {self.name}"
        target = f"--target localstack --endpoint {self._aws.url}"
        return f"stageproof destroy {target} --stack {self.name}"

    def _failure(self, status: str) -> DeployError:
        try:
            events = self._aws.client("cloudformation").describe_stack_events(StackName=self.name)
            failed = [e for e in events["StackEvents"] if e["ResourceStatus"].endswith("_FAILED")]
        except (ClientError, BotoCoreError):
            failed = []
        # Oldest first; those cancelled because of another's failure say nothing.
        reasons = [
            f"  {e['LogicalResourceId']} ({e.get('ResourceType', '')}): "
            f"{e.get('ResourceStatusReason', 'no reason given')}"
            for e in reversed(failed)
            if "cancelled" not in e.get("ResourceStatusReason", "").lower()
        ]
        why = "\n".join(dict.fromkeys(reasons))
        if not why:
            why = f"  {self._describe().get('StackStatusReason', 'no reason given')}"
        return DeployError(
            f"the template doesn't deploy; the stack {self.name} ended as {status}:\n{why}",
            "Mend the first of these in the template.",
        )

    def _delete_bucket(self) -> None:
        s3 = self._aws.client("s3")
        try:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=self.bucket, Key=item["Key"])
            s3.delete_bucket(Bucket=self.bucket)
        except ClientError:
            return


def _in_region(region: str) -> dict[str, Any]:
    """S3 refuses the name of its first region."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}

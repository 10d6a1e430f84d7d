"""An image that ends because it has no licence to run: told as that, and not as a crash."""

import re
from collections.abc import Mapping

from harness.targets.emulator import tail_of
from harness.targets.errors import TargetError

GIVEN = "LOCALSTACK_AUTH_TOKEN"
"""The user's variable that licenses LocalStack."""
_SAID = re.compile(r"no credentials were found|licen[sc]e", re.IGNORECASE)


def unlicensed(image: str, log: str, user: Mapping[str, str], *, free: str) -> TargetError | None:
    """What to say of an image that didn't come up; None where its licence isn't the cause.

    ``free`` is an image that needs none.
    """
    if image == free or not any(_refused(line) for line in log.splitlines()):
        return None
    why = (
        f"LocalStack didn't take the token in {GIVEN}"
        if user.get(GIVEN)
        else f"it needs a token, and {GIVEN} isn't set"
    )
    return TargetError(
        f"the image {image} has no licence to run: {why}; the end of its log:\n{tail_of(log)}",
        f"Set {GIVEN}, or renew it; or leave LOCALSTACK_IMAGE out: {free} needs no licence.",
    )


def _refused(line: str) -> bool:
    # It also says that it took one.
    return _SAID.search(line) is not None and "success" not in line.lower()

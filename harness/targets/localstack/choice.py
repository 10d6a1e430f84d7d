"""Whose LocalStack: one at an address that was given, else one of ours."""

from collections.abc import Mapping
from pathlib import Path

from harness.targets.cache import default_home
from harness.targets.endpoint import Target
from harness.targets.localstack.attached import AttachedLocalStack
from harness.targets.localstack.here import LocalStackHere
from harness.targets.settings import TargetSettings

ENDPOINT = "LOCALSTACK_ENDPOINT"
KEEP = "STAGEPROOF_KEEP"


def choose(
    settings: TargetSettings,
    user: Mapping[str, str],
    log: Path | None,
    *,
    unmeasured: bool = False,
) -> Target:
    """Attach to the endpoint that was given; without one start LocalStack here.

    Raises:
        TargetError: the environment asks for a way that there isn't.
    """
    endpoint = user.get(ENDPOINT) or settings.endpoint
    if endpoint:
        keep = bool(user.get(KEEP))
        return AttachedLocalStack(endpoint, settings, unmeasured=unmeasured, keep=keep)
    return LocalStackHere(settings, default_home(user), user=user, log=log, unmeasured=unmeasured)

"""Which way LocalStack is had: one decision, told."""

from collections.abc import Mapping
from pathlib import Path

from harness.targets.cache import default_home
from harness.targets.endpoint import Target
from harness.targets.localstack.attached import AttachedLocalStack
from harness.targets.localstack.process import LocalStackProcess
from harness.targets.settings import TargetSettings

ENDPOINT = "LOCALSTACK_ENDPOINT"
MODE = "LOCALSTACK_MODE"


def choose(
    settings: TargetSettings,
    user: Mapping[str, str],
    log: Path | None,
    *,
    unmeasured: bool = False,
) -> Target:
    """An endpoint that was given; else process mode."""
    endpoint = user.get(ENDPOINT) or settings.endpoint
    if endpoint:
        return AttachedLocalStack(endpoint, settings, unmeasured=unmeasured)
    return LocalStackProcess(settings, default_home(user), user=user, log=log)

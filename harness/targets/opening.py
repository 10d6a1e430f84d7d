"""From a target's name to the target."""

import difflib
from collections.abc import Mapping
from os import environ
from pathlib import Path

from harness.model import Capability, Measured
from harness.targets import ministack
from harness.targets.cache import default_home
from harness.targets.capabilities import capabilities_of
from harness.targets.embedded import EmbeddedTarget
from harness.targets.endpoint import Endpoint, Progress, Target
from harness.targets.errors import TargetError
from harness.targets.live import LiveTarget
from harness.targets.localstack import AttachedLocalStack, choose
from harness.targets.localstack.shipped import EMULATOR
from harness.targets.settings import TargetSettings

_KNOWN = ("embedded", "localstack", "live")


def open_target(
    name: str,
    settings: TargetSettings,
    *,
    user: Mapping[str, str] = environ,
    log: Path | None = None,
    unmeasured: bool = False,
) -> Target:
    """The target of this name, not started yet; ``unmeasured`` lets one in that nobody probed.

    Raises:
        TargetError: when there is none.
    """
    if name == "embedded":
        return EmbeddedTarget(settings, default_home(user), user=user, log=log)
    if name == "localstack":
        return choose(settings, user, log, unmeasured=unmeasured)
    if name == "live":
        return LiveTarget(settings, user=user)
    near = difflib.get_close_matches(name, _KNOWN, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise TargetError(f"there is no target {name!r}{hint}", f"Known: {', '.join(_KNOWN)}.")


def ground_of(
    name: str,
    settings: TargetSettings,
    progress: Progress,
    *,
    user: Mapping[str, str] = environ,
) -> Endpoint:
    """Where a stack can be left standing: AWS, or a LocalStack that somebody keeps running.

    Raises:
        TargetError: there is no such target, it can't be reached, or it ends with its process.
    """
    target = open_target(name, settings, user=user)
    if isinstance(target, LiveTarget):
        return target.ground()
    if isinstance(target, AttachedLocalStack):
        return target.start(progress)
    raise TargetError(
        f"what is deployed to the target {name} ends with it",
        "Keep a stage there with stageproof up; or give --target live, or --target localstack "
        "with the --endpoint of a LocalStack that runs.",
    )


def measured_of(name: str) -> Mapping[Capability, Measured]:
    """What a target that we start by ourselves was measured to do.

    Raises:
        TargetError: there is none of that name, or it isn't ours to start.
    """
    emulators = {"embedded": ministack.EMULATOR, "localstack": EMULATOR}
    if name not in emulators:
        raise TargetError(
            f"what {name!r} can do isn't known before it is used", f"Known: {', '.join(_KNOWN)}."
        )
    return capabilities_of(emulators[name])

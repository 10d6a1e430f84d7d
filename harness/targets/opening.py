"""From a target's name to the target."""

import difflib
from collections.abc import Mapping
from os import environ
from pathlib import Path

from harness.targets.cache import default_home
from harness.targets.embedded import EmbeddedTarget
from harness.targets.endpoint import Target
from harness.targets.errors import TargetError
from harness.targets.localstack import choose
from harness.targets.settings import TargetSettings

_KNOWN = ("embedded", "localstack")


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
    near = difflib.get_close_matches(name, _KNOWN, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise TargetError(f"there is no target {name!r}{hint}", f"Known: {', '.join(_KNOWN)}.")

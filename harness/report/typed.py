"""What a person types next, as this person says it: ``stageproof verify``, ``nox -s verify --``."""

import os
import re
from collections.abc import Iterable

from harness.model import Finding

CALLED = "STAGEPROOF_CALLED"
"""How ``stageproof {}`` is said here, such as ``nox -s {} --``; whoever starts us tells."""

_NAMES = (
    "baseline|chaos|check|deploy|destroy|doctor|down|init|lint|load|outputs|parity|probe|replay|"
    "schema|up|verify"
)
_COMMAND = re.compile(rf"\bstageproof ({_NAMES})\b(?: (?=[-./~\"'<A-Z0-9]))?")
_OF_A_STAGE = frozenset({"verify", "load"})


def as_typed(text: str, stage: str = "") -> str:
    """The text, with each command in it as a person types it here.

    ``stage`` are the options that mean the same stage (`` --target localstack``); they are given to
    each command that needs one.
    """
    return _COMMAND.sub(lambda found: _said(found, stage), text)


def option_of(target: str) -> str:
    """What a command line needs to mean this target; nothing for the one that is meant anyway."""
    return "" if target == "embedded" else f" --target {target}"


def all_as_typed(findings: Iterable[Finding], stage: str) -> tuple[Finding, ...]:
    """Findings, each with its command as a person types it here; evidence has it as anybody
    could."""
    return tuple(
        each.model_copy(update={"reproduce": as_typed(each.reproduce, stage)}) for each in findings
    )


def _said(found: re.Match[str], stage: str) -> str:
    name = found[1]
    options = stage if name in _OF_A_STAGE else ""
    more = found[0].endswith(" ")
    said = os.environ.get(CALLED, "stageproof {}").format(name)
    if not options and not more:
        said = said.removesuffix(" --")  # which is for what follows
    return f"{said}{options}{' ' if more else ''}"

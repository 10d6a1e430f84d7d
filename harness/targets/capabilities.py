"""Capabilities as they were measured: data, one file for each version of an emulator."""

from functools import cache
from importlib.resources import files

from pydantic import Field

from harness.model import Capability, Frozen, Measured
from harness.targets.errors import TargetError


class _Line(Frozen):
    capability: Capability
    has: bool
    how: str


class _File(Frozen):
    version: str
    date: str
    capabilities: tuple[_Line, ...] = Field(default=())


@cache
def capabilities_of(emulator: str) -> dict[Capability, Measured]:
    """What ``measured/<emulator>.json`` says, such as ``ministack-1.5.33``.

    Raises:
        TargetError: when that version was never measured.
    """
    source = files("harness.targets") / "measured" / f"{emulator}.json"
    try:
        read = _File.model_validate_json(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TargetError(
            f"nobody measured what {emulator} can do",
            "Use a version that has a file under harness/targets/measured.",
        ) from None
    return {x.capability: Measured(x.capability, x.has, x.how) for x in read.capabilities}

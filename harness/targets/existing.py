"""A stage that somebody deployed: what its outputs file says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.targets.errors import TargetError

_SHAPES = (
    '{"Name": "value"}, SAM\'s [{"OutputKey": …, "OutputValue": …}], CDK\'s {"Stack": {"Name": …}} '
    'or Terraform\'s {"name": {"value": …}}'
)


@dataclass(frozen=True)
class Existing:
    """What was found of it, by reading alone."""

    name: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Logical id → (type, physical id); empty where only an outputs file is known."""


def read_outputs(path: Path) -> dict[str, str]:
    """Name → value, as SAM, CDK and Terraform write them, or plain.

    Raises:
        TargetError: there is no such file, or it holds something else.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(
            f"can't read the outputs file {path}: {error.strerror}", "Give its path as --outputs."
        ) from None
    except ValueError as error:
        raise TargetError(
            f"the outputs file {path} is not JSON: {error}", f"It has to be {_SHAPES}."
        ) from None
    outputs = _outputs(read)
    if not outputs:
        raise TargetError(f"the outputs file {path} names no outputs", f"It has to be {_SHAPES}.")
    return outputs


def _outputs(read: Any) -> dict[str, str]:
    if isinstance(read, list):
        named = {x.get("OutputKey"): x.get("OutputValue") for x in read if isinstance(x, dict)}
        return {k: v for k, v in named.items() if isinstance(k, str) and isinstance(v, str)}
    if not isinstance(read, dict):
        return {}
    found: dict[str, str] = {}
    for name, value in read.items():
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, dict) and isinstance(value.get("value"), str):
            found[name] = value["value"]
        elif isinstance(value, dict):
            found |= {k: v for k, v in value.items() if isinstance(v, str)}
    return found

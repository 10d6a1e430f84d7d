"""What was measured, as the data that the harness reads."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from harness.model import Capability, Measured


def write(path: Path, found: Mapping[Capability, Measured], *, version: str, day: date) -> None:
    """One capability a line, so that a difference is one line too."""
    lines = ",\n".join(
        "    "
        + json.dumps(
            {"capability": m.capability.value, "has": m.has, "how": m.how}, ensure_ascii=False
        )
        for m in found.values()
    )
    head = f'  "version": {json.dumps(version)},\n  "date": {json.dumps(day.isoformat())},\n'
    path.write_text(f'{{\n{head}  "capabilities": [\n{lines}\n  ]\n}}\n', encoding="utf-8")

"""Holds a run's evidence against the list of units that its target may not be able to judge.

python3 tests/unjudged/check.py                     the last run
python3 tests/unjudged/check.py FOLDER_OF_EVIDENCE  another one

`unknown(capability)` leaves verify's exit code alone, so that nobody needs to switch a check off
because of an emulator. So somebody has to notice when a unit newly turns to it: this exits 1 where
one did that isn't listed beside this file, and 2 where there is nothing to look at. Of a part of
the units it looks at that part.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LAST = HERE.parents[1] / ".stageproof" / "runs" / "latest"


def listed(target: str) -> frozenset[str]:
    """The units that may have something in them that this target can't show."""
    lines = (HERE / f"{target}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and line[0] != "#")


def unjudged(verdict: dict[str, Any]) -> dict[str, str]:
    """Unit → what of it the target can't show, and why; of a run's ``verdict.json``."""
    lacks = [u for u in verdict["unknowns"] if u["kind"] == "capability"]
    return {u["unit"] or u["what"]: f"{u['what']}: {u['why']}" for u in lacks}


def news(verdict: dict[str, Any]) -> dict[str, str]:
    """Of these, what isn't listed."""
    known = listed(verdict["target"])
    return {unit: why for unit, why in unjudged(verdict).items() if unit not in known}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: Sequence[str]) -> int:
    """Look, and say what is new."""
    path = Path(arguments[0] if arguments else LAST) / "verdict.json"
    try:
        verdict = json.loads(path.read_text(encoding="utf-8"))
        found, fresh = unjudged(verdict), news(verdict)
    except (OSError, ValueError, KeyError) as error:
        _say(f"{path} can't be held against a list: {type(error).__name__}: {error}")
        return 2
    for unit, why in fresh.items():
        _say(f"{unit} is newly unknown(capability) on {verdict['target']}: {why}")
    if fresh:
        _say(f"Make it judged again, or add it to {HERE / verdict['target']}.txt.")
        return 1
    _say(f"{len(found)} units with something that {verdict['target']} can't show, all listed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Puts seeded defects into a copy of the tree, one at a time: verify must fail by the named law.

python tests/mutants/run.py              all of them
python tests/mutants/run.py NAME …       some
python tests/mutants/run.py --quick      those marked quick, as CI does
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("defects.toml")
FOUND = 1
"""verify's exit code when it found something."""


@dataclass(frozen=True)
class Defect:
    """One mistake, as an edit: in ``file``, ``find`` becomes ``replace``."""

    name: str
    row: str
    story: str
    file: str
    find: str
    replace: str
    laws: tuple[str, ...]
    """Any of these names it rightly."""
    select: str
    """Units that are enough to see it (pytest's ``-k``)."""
    quick: bool = False


def main() -> int:
    """Run the chosen ones; 0 when every one was caught by a law that names it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--whole", action="store_true", help="run every unit, not the chosen ones")
    chosen = parser.parse_args()
    missed = [
        defect.name
        for defect in wanted(chosen.names, quick=chosen.quick)
        if not caught(defect, whole=chosen.whole)
    ]
    print(f"missed: {', '.join(missed)}" if missed else "every seeded defect was caught")  # noqa: T201
    return bool(missed)


def defects() -> list[Defect]:
    """All of them, as written down."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["defect"]
    return [Defect(**{**d, "laws": tuple(d["laws"])}) for d in listed]


def wanted(names: Sequence[str], *, quick: bool) -> Iterator[Defect]:
    """Those that were asked for."""
    known = {d.name for d in defects()}
    if unknown := set(names) - known:
        sys.exit(f"no such defect: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    yield from (d for d in defects() if (not names or d.name in names) and (d.quick or not quick))


def caught(defect: Defect, *, whole: bool) -> bool:
    """Whether verify fails on it, and says why by one of its laws."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="defect-") as folder:
        copy = Path(folder) / "tree"
        plant(defect, copy)
        code, laws = verify(copy, "" if whole else defect.select)
    good = code == FOUND and bool(laws & set(defect.laws))
    said = ", ".join(sorted(laws)) or "nothing"
    print(  # noqa: T201
        f"{'caught' if good else 'MISSED'}  {defect.name:<28} {defect.row:<5} exit {code}, "
        f"law: {said}  ({time.monotonic() - start:.0f} s)",
        flush=True,
    )
    return good


def plant(defect: Defect, copy: Path) -> None:
    """A copy of the tracked files with the defect in it.

    Raises:
        ValueError: the text to replace isn't there exactly once: the code has moved on.
    """
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    file = copy / defect.file
    text = file.read_text(encoding="utf-8")
    if text.count(defect.find) != 1:
        raise ValueError(
            f"{defect.name}: {defect.file} holds the text to replace {text.count(defect.find)} "
            "times, not once: write the defect anew"
        )
    file.write_text(text.replace(defect.find, defect.replace), encoding="utf-8")


def verify(tree: Path, select: str) -> tuple[int, set[str]]:
    """Run it there; the exit code and the laws that its findings name."""
    evidence = tree.parent / "evidence"
    command = [sys.executable, "-m", "harness", "verify", "--evidence", str(evidence)]
    done = subprocess.run(
        [*command, *(["-k", select] if select else [])],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    verdict = evidence / "verdict.json"
    if not verdict.is_file():
        print(done.stdout[-2000:], done.stderr[-2000:])  # noqa: T201
        return done.returncode, set()
    findings = json.loads(verdict.read_text(encoding="utf-8"))["findings"]
    return done.returncode, {f["law"] for f in findings}


if __name__ == "__main__":
    sys.exit(main())

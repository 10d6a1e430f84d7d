"""Puts seeded defects into a copy of the tree, one at a time: verify must fail by the named law.

python tests/mutants/run.py              all of them
python tests/mutants/run.py NAME …       some
python tests/mutants/run.py --quick      those marked quick, as CI does
python tests/mutants/run.py --chaos      those that only faults show: chaos must find them
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("defects.toml")
OF_FAULTS = Path(__file__).with_name("faults.toml")
FOUND = 1
"""The exit code when something was found."""
WITHIN = 180
"""Seconds in which a search must find a defect."""
COMMANDS = 3
"""Most of them that it may need to show it."""


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
    """Units that are enough to see it (pytest's ``-k``); for chaos the story that is searched."""
    quick: bool = False


@dataclass(frozen=True)
class Seen:
    """What came of running the harness on a defect."""

    good: bool
    said: str


def main() -> int:
    """Run the chosen ones; 0 when every one was caught by a law that names it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--whole", action="store_true", help="run every unit, not the chosen ones")
    parser.add_argument("--chaos", action="store_true", help="those that only faults show")
    chosen = parser.parse_args()
    listed = defects(OF_FAULTS if chosen.chaos else LIST)
    see = searched if chosen.chaos else partial(verified, whole=chosen.whole)
    missed = [
        defect.name
        for defect in wanted(listed, chosen.names, quick=chosen.quick)
        if not caught(defect, see)
    ]
    print(f"missed: {', '.join(missed)}" if missed else "every seeded defect was caught")  # noqa: T201
    return bool(missed)


def defects(path: Path = LIST) -> list[Defect]:
    """All of a list, as written down."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["defect"]
    return [Defect(**{**d, "laws": tuple(d["laws"])}) for d in listed]


def wanted(listed: Sequence[Defect], names: Sequence[str], *, quick: bool) -> Iterator[Defect]:
    """Those that were asked for."""
    known = {d.name for d in listed}
    if unknown := set(names) - known:
        sys.exit(f"no such defect: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    yield from (d for d in listed if (not names or d.name in names) and (d.quick or not quick))


def caught(defect: Defect, see: Callable[[Defect, Path], Seen]) -> bool:
    """Whether the harness fails on it, and says why by one of its laws."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="defect-") as folder:
        copy = Path(folder) / "tree"
        plant(defect, copy)
        seen = see(defect, copy)
    print(  # noqa: T201
        f"{'caught' if seen.good else 'MISSED'}  {defect.name:<28} {defect.row:<5} {seen.said}  "
        f"({time.monotonic() - start:.0f} s)",
        flush=True,
    )
    return seen.good


def verified(defect: Defect, copy: Path, *, whole: bool) -> Seen:
    """What verify says of it."""
    code, laws = verify(copy, "" if whole else defect.select)
    good = code == FOUND and bool(laws & set(defect.laws))
    return Seen(good, f"exit {code}, law: {', '.join(sorted(laws)) or 'nothing'}")


def searched(defect: Defect, copy: Path) -> Seen:
    """What chaos says of it: found in time, by its law, small, and shown again from its file."""
    budget = ("--budget", str(WITHIN))
    code, told = stageproof(copy, "chaos", "-x", "-k", defect.select, *budget)
    results = sorted((copy / ".stageproof" / "chaos" / "runs").glob("*/chaos.json"))
    if not results:
        print(told[-2000:])  # noqa: T201
        return Seen(False, f"exit {code}, no result")
    result = json.loads(results[-1].read_text(encoding="utf-8"))
    explored = [e for story in result["stories"] for e in story["explored"]]
    found = [e for e in explored if e["outcome"] == "broke"]
    if code != FOUND or not found:
        return Seen(False, f"exit {code}, nothing in {len(explored)} explorations")
    find, laws = found[0], {broke["law"] for e in found for broke in e["broke"]}
    file = Path(result["replays"][find["id"]])
    commands = len(json.loads(file.read_text(encoding="utf-8"))["work"])
    again, shown = stageproof(copy, "replay", str(file))
    good = (
        bool(laws & set(defect.laws))
        and commands <= COMMANDS
        and find["id"].count(" + ") == 1
        and again == FOUND
        and "as recorded" in shown
    )
    replayed = "shown again" if "as recorded" in shown else f"replay: exit {again}"
    return Seen(
        good,
        f"after {result['seconds']:.0f} s, {len(explored)} explorations: "
        f"{find['id'].partition(' + ')[2]}; law: {', '.join(sorted(laws))}; "
        f"{commands} commands; {replayed}",
    )


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


def stageproof(tree: Path, *arguments: str) -> tuple[int, str]:
    """Run a command there; its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


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

"""What lies where in an evidence folder, and how it is written without ever being half there."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from harness.model import Frozen, HarnessError, Signal, UnitResult

T = TypeVar("T", bound=Frozen)


class EvidenceError(HarnessError):
    """An evidence folder is missing something, or holds what this version can't read."""


class Manifest(Frozen):
    """What was run: written first, so that a killed run says what it was."""

    run: str
    application: str
    target: str
    seed: int
    started: str
    command: tuple[str, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)
    digests: dict[str, str] = Field(default_factory=dict)
    documented: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Operation → statuses that its contract documents."""
    only_under_fault: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of these, the ones that only a fault can bring about."""


class StageSheet(Frozen):
    """The stage that one worker brought up."""

    worker: str
    stack: str
    outputs: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, str] = Field(default_factory=dict)
    capabilities: dict[str, bool] = Field(default_factory=dict)
    pruned: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()
    """Values of what stands in for the pruned, and where they were put."""
    digests: dict[str, str] = Field(default_factory=dict)
    phases: dict[str, float] = Field(default_factory=dict)
    environments: dict[str, int] = Field(default_factory=dict)
    """Function → execution environments seen."""


class Folder:
    """One run's evidence folder; workers append to files of their own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path, manifest: Manifest) -> "Folder":
        """Make the folder and write its manifest."""
        path.mkdir(parents=True, exist_ok=False)
        folder = cls(path)
        folder.write("run.json", manifest.model_dump_json(indent=2))
        return folder

    @property
    def manifest(self) -> Manifest:
        """What was run."""
        return self._read("run.json", Manifest)

    def history(self, worker: str) -> Path:
        """Where a worker's history is."""
        return self.path / f"history-{worker}.jsonl"

    def histories(self) -> list[Path]:
        """Every worker's history."""
        return sorted(self.path.glob("history-*.jsonl"))

    def add_result(self, result: UnitResult) -> None:
        """Append a unit's result."""
        self._append(f"units-{result.worker}.jsonl", result.model_dump_json())

    def add_signal(self, signal: Signal) -> None:
        """Append a signal, for whoever watches from another process."""
        self._append(f"signals-{signal.worker}.jsonl", signal.model_dump_json())

    def results(self) -> list[UnitResult]:
        """Every unit's result, by unit id, so that the order of workers doesn't matter."""
        lines = (x for p in sorted(self.path.glob("units-*.jsonl")) for x in _lines(p))
        return sorted((UnitResult.model_validate_json(x) for x in lines), key=lambda r: r.unit)

    def write_sheet(self, sheet: StageSheet) -> None:
        """Say what stage a worker has."""
        self.write(f"stage-{sheet.worker}.json", sheet.model_dump_json(indent=2))

    def sheets(self) -> list[StageSheet]:
        """Every worker's stage."""
        return [self._read(p.name, StageSheet) for p in sorted(self.path.glob("stage-*.json"))]

    def write_error(self, worker: str, error: HarnessError) -> None:
        """Say why a worker couldn't do its job."""
        said = {"what": error.what, "mend": error.mend, "kind": type(error).__name__}
        self.write(f"error-{worker}.json", json.dumps(said, indent=2))

    def errors(self) -> list[HarnessError]:
        """Why workers couldn't do their job, each once."""
        said = [json.loads(p.read_text()) for p in sorted(self.path.glob("error-*.json"))]
        return [HarnessError(w, m) for w, m in dict.fromkeys((s["what"], s["mend"]) for s in said)]

    def write(self, name: str, text: str) -> Path:
        """Write a file whole or not at all."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
        return target

    def _append(self, name: str, line: str) -> None:
        with self._lock, (self.path / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _read(self, name: str, kind: type[T]) -> T:
        try:
            return kind.model_validate_json((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise EvidenceError(
                f"{self.path / name} is missing or not of this version ({type(error).__name__})",
                "Give the folder of a run that this version of stageproof made.",
            ) from None


def _lines(path: Path) -> Iterator[str]:
    """Whole lines only: a killed worker may leave its last one cut short."""
    *whole, _ = path.read_bytes().split(b"\n")
    for line in whole:
        yield line.decode("utf-8")

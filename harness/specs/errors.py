"""What is wrong with a contract, each with its place and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.model import HarnessError


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one contract file."""

    file: Path
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} — {self.mend}"


class ContractError(HarnessError):
    """A contract can't be relied on; ``problems`` lists every reason, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the contracts:\n{lines}",
            "Mend the lines above; nothing was started.",
        )

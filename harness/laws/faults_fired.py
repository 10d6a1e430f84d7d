"""A planned fault that never happened shows nothing."""

from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.model import Fault, History, Judgement, UnknownKind


class FaultsFired(BaseLaw):
    """Each planned fault was seen to happen; else the history says nothing of it (unknown)."""

    kind: Literal["faults_fired"] = "faults_fired"
    planned: tuple[str, ...]
    """Ids, as the records carry them."""

    def judge(self, history: History) -> Judgement:
        """Look for each planned fault among the records."""
        tally = Tally(self.name)
        fired = {r.fault for r in history.records if r.fault is not None}
        silent = [fault for fault in self.planned if fault not in fired]
        tally.saw = len(self.planned) - len(silent)
        why = f"never fired: {'; '.join(silent)}"
        return tally.judgement(
            why if self.planned else "no fault was planned",
            short=why if silent else "",
            kind=UnknownKind.NOT_REACHED,
        )


def faults_fired(*planned: Fault | str, name: str = "") -> FaultsFired:
    """Every one of the ``planned`` faults happened."""
    ids = tuple(f if isinstance(f, str) else f.id for f in planned)
    return FaultsFired(name=name or "every planned fault fired", planned=ids)

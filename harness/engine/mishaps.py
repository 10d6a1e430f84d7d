"""What went wrong on the harness's side while a unit ran: never the application's failure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.engine.stage import Stage
from harness.model import UnitResult, Unknown, UnknownKind, Verdict, worst


@dataclass
class Mishaps:
    """Tells each mishap once, with the unit that ran when it happened."""

    stage: Stage
    _told: dict[str, int] = field(default_factory=dict)
    _lost: int = 0

    def added(self, result: UnitResult) -> UnitResult:
        """The result, doubted as far as something of ours went wrong meanwhile."""
        fresh = (*self._of_companions(result.unit), *self._lost_sight(result.unit))
        verdict = worst([result.verdict, *(Verdict.UNKNOWN for _ in fresh)])
        return result.model_copy(
            update={"unknowns": (*result.unknowns, *fresh), "verdict": verdict}
        )

    def fresh(self) -> tuple[str, ...]:
        """What went wrong since it was last asked, in words."""
        found = (*self._of_companions(""), *self._lost_sight(""))
        return tuple(f"{each.what}: {each.why}" for each in found)

    def _of_companions(self, unit: str) -> Iterator[Unknown]:
        """Mistakes inside what we run beside the stage."""
        for companion in self.stage.companions:
            what = companion.what
            fresh = companion.errors()[self._told.get(what, 0) :]
            self._told[what] = self._told.get(what, 0) + len(fresh)
            for error in fresh:
                why = f"{type(error).__name__}: {error}"
                yield Unknown(kind=UnknownKind.HARNESS_ERROR, what=what, why=why, unit=unit)

    def _lost_sight(self, unit: str) -> Iterator[Unknown]:
        """What could no longer be watched: laws would take it for not happening."""
        fresh = self.stage.observer.lost[self._lost :]
        self._lost += len(fresh)
        for why in fresh:
            yield Unknown(kind=UnknownKind.HARNESS_ERROR, what="watching", why=why, unit=unit)

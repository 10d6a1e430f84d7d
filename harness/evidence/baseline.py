"""The baseline: what is known to be wrong, so that only what is new fails.

A file that an application's people check in beside ``harness.toml``. It shrinks by itself as
findings are mended; it grows only where somebody says so.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from harness.evidence.folder import EvidenceError
from harness.model import Finding, Frozen, UnitKind, UnitResult, Verdict, fingerprint

FILE = "baseline.json"
FORMAT = 1
_WHOLE = "history"
_ONE_CONTRACT: tuple[UnitKind, ...] = (
    "examples", "boundaries", "positive", "negative", "identities", "stateful",
)  # fmt: skip
"""Which of these sees a defect of an operation first depends on what is drawn."""


class Known(Frozen):
    """A finding that somebody knows of, without what changes from run to run."""

    fingerprint: str
    law: str
    unit: str
    """The one that found it."""
    operation: str | None = None
    title: str
    """As it was first found: for people."""


class Baseline(Frozen):
    """All of them."""

    format: int = FORMAT
    application: str = ""
    findings: tuple[Known, ...] = ()

    def __contains__(self, fingerprint: object) -> bool:
        return any(known.fingerprint == fingerprint for known in self.findings)

    def sifted(self, result: UnitResult) -> UnitResult:
        """A unit's result with its known findings put aside; they don't make it fail."""
        marked = [(mark(result, f) in self, f) for f in result.findings]
        known = tuple(f for is_known, f in marked if is_known)
        if not known:
            return result
        new = tuple(f for is_known, f in marked if not is_known)
        verdict = result.verdict
        if verdict is Verdict.FAIL and not new:
            unsure = any(not u.excused for u in result.unknowns)
            verdict = Verdict.UNKNOWN if unsure else Verdict.PASS
        return result.model_copy(update={"findings": new, "known": known, "verdict": verdict})

    def unseen(self, results: Iterable[UnitResult]) -> tuple[Known, ...]:
        """Those that weren't found again though the unit that had found them was judged."""
        kept = list(results)
        seen = {known.fingerprint for known in found(kept)}
        judged = {unit_of(r) for r in kept if r.verdict is not Verdict.UNKNOWN}
        return tuple(k for k in self.findings if k.fingerprint not in seen and k.unit in judged)

    def renewed(self, results: Iterable[UnitResult], *, add: bool) -> "Baseline":
        """Without what is no longer seen; with what is new, where ``add`` says so."""
        kept = list(results)
        gone = set(self.unseen(kept))
        new = [known for known in found(kept) if add and known.fingerprint not in self]
        findings = [known for known in self.findings if known not in gone] + new
        findings.sort(key=lambda known: (known.unit, known.law, known.fingerprint))
        return self.model_copy(update={"findings": tuple(findings)})


def read_baseline(path: Path) -> Baseline:
    """Read it; an empty one where there is no such file.

    Raises:
        EvidenceError: it can't be read, or is no baseline.
    """
    mend = "Mend it, or remove it and write it anew: stageproof baseline"
    try:
        baseline = Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Baseline()
    except OSError as error:
        raise EvidenceError(f"cannot read {path}: {error.strerror}", mend) from None
    except (ValidationError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path} is no baseline: {_why(error)}", mend) from None
    if baseline.format != FORMAT:
        raise EvidenceError(
            f"{path} has format {baseline.format}, this version reads {FORMAT}",
            "Write it anew with this version: remove it, then stageproof baseline",
        )
    return baseline


def found(results: Iterable[UnitResult]) -> Iterator[Known]:
    """Every finding of a run, known or new, once."""
    told: set[str] = set()
    for result in results:
        for finding in (*result.findings, *result.known):
            fingerprint_ = mark(result, finding)
            if fingerprint_ not in told:
                told.add(fingerprint_)
                yield Known(
                    fingerprint=fingerprint_,
                    law=finding.law,
                    unit=unit_of(result),
                    operation=finding.operation,
                    title=finding.title,
                )


def mark(result: UnitResult, finding: Finding) -> str:
    """What makes a finding the same in another run: its law and what was wrong, never what was
    drawn; of a contract the operation, else the unit."""
    if result.kind in _ONE_CONTRACT:
        return finding.fingerprint
    return fingerprint(unit_of(result), finding.fingerprint)


def unit_of(result: UnitResult) -> str:
    """Its id, without the worker that judged its part of the whole history."""
    return _WHOLE if result.unit.partition("-")[0] == _WHOLE else result.unit


def _why(error: ValidationError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not text"
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])

"""A stage that answers from its unit's name: fails where it says negative, doubts boundaries."""

from pathlib import Path
from types import TracebackType
from typing import Any

from harness.engine import Run, ScenarioUnit
from harness.model import (
    CaseCount,
    Exchange,
    Finding,
    HarnessError,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
)


class FakeSession:
    """What the plugin needs of a session; keeps a diary in the evidence folder."""

    def __init__(self, project: Any, run: Run, scenarios: list[ScenarioUnit]) -> None:
        self._run, self._root = run, project.root

    def __enter__(self) -> "FakeSession":
        if (self._root / "no-stage").exists():
            raise HarnessError("the port is taken", "Free it.")
        self._say("up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._say("down")

    def judge_whole(self) -> None:
        self._say("judged")

    def run(self, unit: Any) -> UnitResult:
        self._say(f"ran {unit.id}")
        kind = "scenario" if isinstance(unit, ScenarioUnit) else unit.kind
        fixed = Path(self._root / "mended").exists()
        findings: tuple[Finding, ...] = ()
        unknowns: tuple[Unknown, ...] = ()
        if kind == "negative" and not fixed:
            exchange = Exchange(request="GET /a as alice", response="HTTP 500", status=500)
            findings = (
                Finding(
                    law="not_a_server_error", title="GET /a answered 500: the server failed",
                    exchange=exchange, logs=("IndexError: list index out of range",),
                    reproduce='stageproof verify -k "readA and negative" --seed 0',
                ),
            )  # fmt: skip
        if kind == "boundaries":
            why = "only 3 of 5 sequences"
            unknowns = (Unknown(kind=UnknownKind.BUDGET, what="sequences", why=why),)
        if kind == "examples":
            why = "it was measured not to"
            unknowns = (Unknown(kind=UnknownKind.CAPABILITY, what="a law", why=why),)
        verdict = Verdict.FAIL if findings else Verdict.UNKNOWN if unknowns else Verdict.PASS
        return UnitResult(
            unit=unit.id, title=unit.id, kind=kind, verdict=verdict, findings=findings,
            unknowns=unknowns, cases=CaseCount(ran=3), digest="abc",
        )  # fmt: skip

    def _say(self, what: str) -> None:
        path = self._run.folder.path / f"diary-{self._run.worker}"
        with path.open("a") as diary:
            diary.write(what + "\n")

"""A law that misses something is given what still comes, before it is believed."""

from pathlib import Path
from typing import Any, cast

import pytest

from harness.engine.judging import judged
from harness.laws import nothing_lost
from harness.model import Header, History, Verdict
from harness.recorder import Recorder

LAW = nothing_lost("POST /orders", ("DONE",), entity="order")


class Stage:
    """A stage at rest, with an order that was accepted and is not done."""

    def __init__(self, folder: Path) -> None:
        self.recorder = Recorder(folder / "history.jsonl", Header(run="r"))
        self.settled = 0
        call = self.recorder.invoke("client", "POST /orders", key="o1")
        self.recorder.complete(call, "ok", key="o1", value={"status": 202})
        self.moves(None, "NEW")

    def moves(self, before: str | None, to: str) -> None:
        event = "INSERT" if before is None else "MODIFY"
        self.recorder.observe("order", key="o1", value={"from": before, "to": to, "event": event})

    def settle(self, within: float | None = None, *, ticking: bool = True) -> bool:
        self.settled += 1
        self.recorder.observe("case.settled", value={"quiet": True})
        return True


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def verdict(stage: Stage, history: Any = None, *, patient: bool = True) -> Verdict:
    read = history or (lambda: stage.recorder.history)
    (judgement,), _, quiet = judged(cast(Any, stage), read, [LAW], patient=patient)
    assert quiet
    return judgement.verdict


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.engine.judging._SILENCE", 0.05)


def test_what_comes_while_the_laws_judge_is_judged_too(stage: Stage) -> None:
    read: list[History] = []

    def history() -> History:
        read.append(stage.recorder.history)
        if len(read) == 1:
            stage.moves("NEW", "DONE")  # after it was read, before anybody waits for more
        return read[-1]

    assert verdict(stage, history) is Verdict.PASS
    assert stage.settled == 2


def test_what_never_comes_is_lost(stage: Stage) -> None:
    assert verdict(stage) is Verdict.FAIL
    assert stage.settled == 1


def test_who_is_not_patient_judges_at_once(stage: Stage) -> None:
    def history() -> History:
        found = stage.recorder.history
        stage.moves("NEW", "DONE")
        return found

    assert verdict(stage, history, patient=False) is Verdict.FAIL

"""The judgement of everything a stage went through."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.engine.whole import judge_whole
from harness.laws import nothing_lost
from harness.model import Header, Verdict
from harness.recorder import Recorder

LAW = nothing_lost("POST /orders", ("DONE",), entity="order")


class SlowToStart(Recorder):
    """What was under way is seen only while somebody waits for it."""

    later = ""

    def await_more(self, than: int, seconds: float) -> bool:
        to, self.later = self.later, ""
        if to:
            self.observe("order", key="o1", value={"from": "NEW", "to": to, "event": "MODIFY"})
        return bool(to)


class Stage:
    """A stage at rest."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.deployed = SimpleNamespace(can=lambda capability: True)
        self.observer = SimpleNamespace(logs=SimpleNamespace(behind=lambda *_: ()), blind=())

    def settle(self, within: float | None = None, *, ticking: bool = True) -> bool:
        self.recorder.observe("case.settled", value={"quiet": True})
        return True


@pytest.fixture
def recorder(tmp_path: Path) -> SlowToStart:
    made = SlowToStart(tmp_path / "history.jsonl", Header(run="r"))
    call = made.invoke("client", "POST /orders", key="o1")
    made.complete(call, "ok", key="o1", value={"status": 202})
    made.observe("order", key="o1", value={"from": None, "to": "NEW", "event": "INSERT"})
    return made


def judged(recorder: Recorder) -> Verdict:
    run = SimpleNamespace(worker="main", seed=0)
    return judge_whole(cast(Any, Stage(recorder)), cast(Any, run), [LAW]).verdict


def test_what_only_starts_slowly_is_not_lost(recorder: SlowToStart) -> None:
    recorder.later = "DONE"
    assert judged(recorder) is Verdict.PASS


def test_what_stays_where_it_was_is_lost(recorder: SlowToStart) -> None:
    assert judged(recorder) is Verdict.FAIL

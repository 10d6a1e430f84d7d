"""How much of somebody's stage a run may use."""

from pathlib import Path

import pytest

from harness.engine.allowance import Allowance
from harness.engine.contract import ContractUnit
from harness.engine.unjudged import unjudged
from harness.model import Header, UnknownKind, Verdict
from harness.recorder import Recorder
from harness.targets import TargetSettings


class Watch:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def recorder(tmp_path: Path, watch: Watch) -> Recorder:
    header = Header(run="r", target="live", seed=0, laws=())
    return Recorder(tmp_path / "history.jsonl", header, clock=watch)


def _calls(recorder: Recorder, count: int) -> None:
    for _ in range(count):
        recorder.complete(recorder.invoke("client", "GET /things"), "ok")


def test_without_a_grant_nothing_is_ever_used_up(recorder: Recorder) -> None:
    _calls(recorder, 50)
    assert Allowance(None, None, "live").used_up(recorder) is None


def test_calls_of_ours_are_counted_each_once_and_nothing_else_is(recorder: Recorder) -> None:
    allowance = Allowance(5, None, "live")
    _calls(recorder, 2)
    recorder.observe("order.status")
    recorder.complete(recorder.invoke("wire", "dynamodb.GetItem"), "ok")
    assert allowance.used_up(recorder) is None
    assert allowance.used_up(recorder) is None
    _calls(recorder, 3)
    assert allowance.used_up(recorder) == "5 calls were made, and [targets.live] calls = 5"


def test_seconds_are_counted_from_the_stage_on(recorder: Recorder, watch: Watch) -> None:
    allowance = Allowance(None, 30, "live")
    watch.now += 29
    assert allowance.used_up(recorder) is None
    watch.now += 2
    assert allowance.used_up(recorder) == "31 s are over, and [targets.live] seconds = 30"


def test_a_live_stage_is_never_without_bounds_and_a_file_may_set_others() -> None:
    granted = Allowance.of("live", TargetSettings())
    assert (granted.calls, granted.seconds) == (20_000, 1_800)
    wished = Allowance.of("live", TargetSettings(calls=7, seconds=8))
    assert (wished.calls, wished.seconds) == (7, 8)
    ours = Allowance.of("embedded", TargetSettings())
    assert (ours.calls, ours.seconds) == (None, None)


def test_a_unit_that_nothing_is_left_for_is_no_pass() -> None:
    unit = ContractUnit("api.yaml::GET /things::positive", "list", "positive", "GET /things", "")
    result = unjudged(unit, UnknownKind.BUDGET, "nothing is left")
    assert result.verdict is Verdict.UNKNOWN
    (unknown,) = result.unknowns
    assert (unknown.kind, unknown.excused) == (UnknownKind.BUDGET, False)

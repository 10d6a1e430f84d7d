"""The lifecycle in code is the lifecycle in the contract."""

from pathlib import Path

import pytest
import yaml
from larder.domain.errors import IllegalStep
from larder.domain.lifecycle import FINAL, INITIAL, STEPS, Status, check_step, is_legal

CONTRACT = yaml.safe_load(
    (Path(__file__).parents[3] / "contracts" / "lifecycle.yaml").read_text(encoding="utf-8")
)


def test_the_states_are_those_of_the_contract() -> None:
    assert {str(status) for status in Status} == set(CONTRACT["states"])
    assert CONTRACT["initial"] == INITIAL
    assert set(CONTRACT["final"]) == FINAL


def test_the_steps_are_those_of_the_contract() -> None:
    promised = {(step["from"], step["to"]) for step in CONTRACT["steps"]}
    assert {(str(before), str(after)) for before, after in STEPS} == promised


@pytest.mark.parametrize("final", sorted(FINAL))
def test_nothing_leaves_a_final_state(final: Status) -> None:
    assert [after for after in Status if is_legal(final, after)] == [final]


def test_every_state_can_be_reached() -> None:
    reached = {INITIAL}
    while more := {after for before, after in STEPS if before in reached} - reached:
        reached |= more
    assert reached == set(Status)


def test_an_illegal_step_is_refused_in_words() -> None:
    with pytest.raises(IllegalStep, match="MATCHED can't become PAID"):
        check_step(Status.MATCHED, Status.PAID)

"""Which units a target may leave unjudged, and that one which newly does is noticed."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Project
from harness.engine.contract import units_of
from harness.engine.events.units import event_units
from harness.engine.stories import stories_in
from harness.evidence import WHOLE, Conclusion
from harness.model import Capability, Unknown, UnknownKind, Verdict
from harness.targets.live import NOT_HERE
from tests.unjudged.check import listed, main

ROOT = Path(__file__).parents[2]
BOUNDARIES = "contracts/openapi.yaml::POST /v1/grocery-lists::boundaries"


@pytest.fixture(scope="module")
def project() -> Project:
    return Project.load(ROOT / "harness.toml")


def _evidence(folder: Path, target: str, *units: str, **more: Any) -> str:
    lacks = [
        Unknown(kind=UnknownKind.CAPABILITY, what="a law", why="it can't", unit=unit)
        for unit in units
    ]
    told = Conclusion(
        verdict=Verdict.PASS, exit_code=0, run="r", application="larder", target=target, seed=0,
        unknowns=tuple(lacks), **more,
    )  # fmt: skip
    (folder / "verdict.json").write_text(told.model_dump_json(), encoding="utf-8")
    return str(folder)


def test_a_unit_that_is_listed_may_be_unknown(tmp_path: Path) -> None:
    assert main([_evidence(tmp_path, "localstack", BOUNDARIES)]) == 0


def test_a_unit_that_newly_turns_unknown_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([_evidence(tmp_path, "embedded", BOUNDARIES, WHOLE)]) == 1
    said = capsys.readouterr().out
    assert f"{BOUNDARIES} is newly unknown(capability) on embedded: a law: it can't" in said
    assert "embedded.txt" in said


def test_what_else_is_unknown_is_verifys_own_to_tell(tmp_path: Path) -> None:
    folder = Path(_evidence(tmp_path, "embedded"))
    told = json.loads((folder / "verdict.json").read_text())
    told["unknowns"] = [{"kind": "not reached", "what": "w", "why": "y", "unit": "u"}]
    (folder / "verdict.json").write_text(json.dumps(told))
    assert main([str(folder)]) == 0


@pytest.mark.parametrize("target", ["nowhere", "embedded"])
def test_nothing_to_look_at_is_no_success(tmp_path: Path, target: str) -> None:
    if target == "nowhere":
        _evidence(tmp_path, target)
    assert main([str(tmp_path)]) == 2


@pytest.mark.parametrize("target", ["embedded", "localstack", "live"])
def test_every_unit_that_is_listed_is_one(project: Project, target: str) -> None:
    stories = [
        unit.id
        for module in sorted((ROOT / "scenarios").glob("*.py"))
        for unit in stories_in(module.relative_to(ROOT))
    ]
    contracts = [u.id for u in (*units_of(project.contracts), *event_units(project.contracts))]
    assert listed(target) <= {*stories, *contracts, WHOLE}


def test_on_a_live_stage_the_list_is_what_its_lacks_come_to(project: Project) -> None:
    """No more, and no less: a story or an operation that newly needs control shows here."""
    signed = {*project.config.checks.signatures}
    api = project.contracts.openapi
    units = {
        unit.id
        for unit in units_of(project.contracts)
        if unit.contract == "rest" and unit.operation
        and signed & set(api.operation(unit.operation).schemes)
    }  # fmt: skip
    assert Capability.WIRE in NOT_HERE, "or events can be heard"
    units |= {unit.id for unit in event_units(project.contracts)}
    units |= {
        unit.id
        for module in sorted((ROOT / "scenarios").glob("*.py"))
        for unit in stories_in(module.relative_to(ROOT))
        if NOT_HERE.keys() & unit.scenario.needs
    }
    assert listed("live") == {*units, WHOLE}

"""Messages are judged where they are heard, and nowhere else."""

from dataclasses import replace
from pathlib import Path

from harness.engine import Project
from harness.engine.header import always, header, laws_as_data
from harness.engine.run import Run
from harness.evidence import Folder
from harness.laws import messages_kept
from harness.model import Capability, Measured
from harness.targets import Endpoint
from harness.targets.endpoint import Python

ROOT = Path(__file__).parents[4]
BLIND = Endpoint("live", "", "eu-west-1", {}, Python("3.11", ""), {}, Path())
WIRED = replace(BLIND, capabilities={
    Capability.WIRE: Measured(Capability.WIRE, has=True, how="tried"),
})  # fmt: skip


def test_a_history_without_a_wire_is_not_judged_by_its_messages(tmp_path: Path) -> None:
    project = Project.load(ROOT / "harness.toml")
    run = Run("r", 0, "embedded", "main", Folder(tmp_path))
    laws = laws_as_data(project, ())
    kinds = [
        {law.get("kind") for law in header(project, run, endpoint, laws).laws}
        for endpoint in (WIRED, BLIND)
    ]
    assert [messages_kept().kind in each for each in kinds] == [True, False]


def test_nor_is_the_stage_itself() -> None:
    project = Project.load(ROOT / "harness.toml")
    assert messages_kept() in always(project)
    assert messages_kept() not in always(project, heard=False)

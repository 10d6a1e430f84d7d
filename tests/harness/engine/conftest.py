"""Two stages: the parcels', brought up as verify brings it up, and one that is a stand-in."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.engine import Project, Run, Session, Stage
from harness.evidence import Folder, Manifest
from harness.faults import FaultBox
from harness.model import Capability, Header, Measured
from harness.model import Stage as Deployed
from harness.recorder import Recorder

PARCELS = Path(__file__).parents[2] / "apps" / "parcels" / "harness.toml"


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    manifest = Manifest(run="r1", application="parcels", target="embedded", seed=0, started="")
    return Folder.create(tmp_path_factory.mktemp("parcels") / "evidence", manifest)


@pytest.fixture(scope="module")
def parcels(evidence: Folder) -> Iterator[Session]:
    """A session of its own, with its emulator, its front and its history."""
    with Session(Project.load(PARCELS), Run("r1", 0, "embedded", "main", evidence), ()) as session:
        yield session


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    recorder = Recorder(tmp_path / "history.jsonl", Header())
    ours = Measured(Capability.CONTROL, has=True, how="it answers at loopback")
    redrive = Measured(Capability.REDRIVE, has=False, how="tried, nothing came back")
    deployed = Deployed(
        name="shop", target="fake", endpoint=None, region="", credentials={}, base_url="",
        outputs={}, parameters={}, capabilities={m.capability: m for m in (ours, redrive)},
    )  # fmt: skip
    yield Stage(
        deployed=deployed,
        recorder=recorder,
        faults=FaultBox(recorder),
        doubles=cast(Any, {}),
        rest=cast(Any, None),
        observer=cast(
            Any, SimpleNamespace(quiet=lambda since: True, hurried=nullcontext, blind=())
        ),
        loop=cast(Any, None),
        aws=cast(Any, None),
        run="r",
        patience=0.2,
    )
    recorder.close()

"""The parcels' stage, brought up as verify brings it up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine import Project, Run, Session
from harness.evidence import Folder, Manifest

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

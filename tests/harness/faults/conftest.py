from pathlib import Path

import pytest

from harness.faults import FaultBox
from harness.model import Header
from harness.recorder import Recorder


@pytest.fixture
def box(tmp_path: Path) -> FaultBox:
    return FaultBox(Recorder(tmp_path / "history.jsonl", Header()))

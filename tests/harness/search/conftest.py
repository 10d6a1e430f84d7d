"""Spots, candidates and a recorder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model import Header
from harness.recorder import Recorder


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    recorder = Recorder(tmp_path / "history.jsonl", Header())
    yield recorder
    recorder.close()

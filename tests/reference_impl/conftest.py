"""An emulator for the tests that need the real tables, queues and topics."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from harness.targets import EmbeddedTarget, Endpoint, TargetSettings, default_home
from tests.reference_impl.stack import Cloud


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    log = tmp_path_factory.mktemp("emulator") / "emulator.log"
    with EmbeddedTarget(TargetSettings(), default_home(os.environ), log=log) as target:
        yield target.start(lambda _: None)


@pytest.fixture(scope="session")
def cloud(emulator: Endpoint) -> Cloud:
    """Makes tables and queues as the template describes them."""
    return Cloud(emulator.url, emulator.region, emulator.credentials)

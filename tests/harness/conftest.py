"""An emulator and a small application on it, shared by the tests that need the real thing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.deploy import Application, PackageSettings, apply
from harness.model import Stage
from harness.targets import EmbeddedTarget, Endpoint, TargetSettings, default_home

SMALL = Path(__file__).parent / "deploy" / "small" / "template.yaml"


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A running emulator."""
    log = tmp_path_factory.mktemp("embedded") / "emulator.log"
    with EmbeddedTarget(TargetSettings(), default_home(os.environ), log=log) as target:
        yield target.start(lambda _: None)


@pytest.fixture(scope="session")
def small(embedded: Endpoint) -> Stage:
    """The small application, deployed."""
    return apply(
        Application(root=SMALL.parent, template=SMALL, package=PackageSettings(), base_url="Url"),
        embedded,
        stack="small",
        parameters={"Greeting": "moin"},
        environment={"PROVIDER": "http://127.0.0.1:9"},
        signal=lambda _: None,
    )

"""The functions' Python, a sandbox for any handler, and a running LocalStack."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from process_executor.sandbox import Function, Sandbox

from harness.targets import Endpoint, TargetSettings, default_home
from harness.targets.localstack import LocalStackProcess
from harness.targets.localstack.installation import installation_of

Make = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def functions() -> str:
    return str(installation_of(default_home(os.environ), os.environ, lambda _: None).functions)


@pytest.fixture
def make(tmp_path: Path, functions: str) -> Iterator[Make]:
    """A sandbox whose handler is this source."""
    made: list[Sandbox] = []

    def sandbox(
        source: str,
        *,
        timeout: float = 10.0,
        opt: Path | None = None,
        libraries: str | None = None,
        **environment: str,
    ) -> Sandbox:
        code = tmp_path / "code"
        code.mkdir(exist_ok=True)
        (code / "app.py").write_text(dedent(source))
        given = {
            "_HANDLER": "app.handler",
            "AWS_LAMBDA_FUNCTION_NAME": "tried",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            **environment,
        }
        made.append(Sandbox(Function(functions, code, opt, given, timeout, libraries)))
        return made[-1]

    yield sandbox
    for each in made:
        each.stop()


@pytest.fixture(scope="session")
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    log = tmp_path_factory.mktemp("localstack") / "emulator.log"
    with LocalStackProcess(TargetSettings(), default_home(os.environ), log=log) as target:
        yield target.start(lambda _: None)

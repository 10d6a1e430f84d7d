"""What a person does with this project, a session each: `nox --list`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["verify"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False

PINS = Path("constraints/dev.txt")
IMAGE = "localstack/localstack:4.14.0"


def _install(session: nox.Session, *extras: str) -> None:
    """This project with these extras, at the pinned versions."""
    wanted = f".[{','.join(extras)}]" if extras else "."
    session.install("-e", wanted, "-c", str(PINS))


def _stageproof(session: nox.Session, *arguments: str) -> None:
    """Run the command and keep its exit code (1 findings, 2 could not, 130 interrupted), which
    nox would flatten to 1."""
    called = {**os.environ, "STAGEPROOF_CALLED": "nox -s {} --"}
    code = _whole([str(Path(session.bin) / "stageproof"), *arguments], called)
    if code:
        sys.exit(code)


def _whole(command: list[str], environment: dict[str, str]) -> int:
    """Run it to its own end: Ctrl-C is for it, and it has a stage to take down then. (What
    `subprocess` waits with gives a child a quarter of a second.)"""
    with subprocess.Popen(command, env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


@nox.session
def verify(session: nox.Session) -> None:
    """Bring a stage up, check its contracts, run its scenarios, give a verdict."""
    _install(session, "larder")
    _stageproof(session, "verify", *session.posargs)


@nox.session
def up(session: nox.Session) -> None:
    """Bring a stage up and keep it until Ctrl-C."""
    _install(session, "larder")
    _stageproof(session, "up", *session.posargs)


@nox.session
def down(session: nox.Session) -> None:
    """End the stage that up keeps, from another terminal."""
    _install(session, "larder")
    _stageproof(session, "down", *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Judge a recorded history again: -- FOLDER, such as .stageproof/runs/latest."""
    _install(session, "larder")
    _stageproof(session, "check", *session.posargs)


@nox.session
def replay(session: nox.Session) -> None:
    """Play a failing case again from its file: -- FILE."""
    _install(session, "larder")
    _stageproof(session, "replay", *session.posargs)


@nox.session
def baseline(session: nox.Session) -> None:
    """Keep what the last run found as known; only what is new fails from then on."""
    _install(session, "larder")
    _stageproof(session, "baseline", *session.posargs)


@nox.session
def doctor(session: nox.Session) -> None:
    """What this machine has, what is missing, and how to get it."""
    _install(session, "larder")
    _stageproof(session, "doctor", *session.posargs)


@nox.session
def deploy(session: nox.Session) -> None:
    """Deploy the application and leave it there: AWS by your credentials, or a LocalStack."""
    _install(session, "larder")
    _stageproof(session, "deploy", *session.posargs)


@nox.session
def outputs(session: nox.Session) -> None:
    """Print a stage's outputs as JSON: the one that up keeps, or -- --target live."""
    _install(session, "larder")
    _stageproof(session, "outputs", *session.posargs)


@nox.session
def destroy(session: nox.Session) -> None:
    """Take away what deploy left."""
    _install(session, "larder")
    _stageproof(session, "destroy", *session.posargs)


@nox.session
def init(session: nox.Session) -> None:
    """Write a harness.toml for the application in a folder: -- FOLDER."""
    _install(session, "larder")
    _stageproof(session, "init", *session.posargs)


@nox.session
def schema(session: nox.Session) -> None:
    """Print the JSON Schema of harness.toml."""
    _install(session, "larder")
    _stageproof(session, "schema", *session.posargs)


@nox.session
def validate(session: nox.Session) -> None:
    """Check harness.toml, the contracts and the template; start nothing."""
    _install(session, "larder", "lint")
    session.run("cfn-lint", "reference_impl/template.yaml")
    _stageproof(session, "lint", *session.posargs)


@nox.session
def parity(session: nox.Session) -> None:
    """Verify on embedded and LocalStack with one seed; an unexplained difference is a failure."""
    _install(session, "larder")
    _stageproof(session, "parity", *session.posargs)


@nox.session
def probe(session: nox.Session) -> None:
    """Measure again what the local targets can do; fails where the data says otherwise."""
    _install(session, "larder")
    if session.posargs:
        _stageproof(session, "probe", *session.posargs)
        return
    for target in ("embedded", "localstack"):
        _stageproof(session, "probe", "--target", target)


@nox.session
def image(session: nox.Session) -> None:
    """Get LocalStack's image, or build one (Debian, root); Docker's engine, too, where none is."""
    _install(session, "larder")
    session.install("uv")
    tools = {"PYTHON": "python", "UV": "uv"}
    own = {name: str(Path(session.bin) / program) for name, program in tools.items()}
    environment = {**os.environ, **own}
    if code := _whole(["localstack/image/engine.sh"], environment):
        sys.exit(code)
    if session.posargs or _whole(["docker", "pull", "--quiet", IMAGE], environment):
        code = _whole(["localstack/image/build.sh", *session.posargs], environment)
        if code:
            sys.exit(code)


@nox.session
def tests(session: nox.Session) -> None:
    """The project's own tests, with the branch coverage of the reference implementation."""
    _install(session, "larder", "load", "tests")
    session.run(
        "pytest",
        "-n", os.environ.get("STAGEPROOF_TEST_WORKERS", "2"),
        "--cov=reference_impl/larder", "--cov-branch", "--cov-report=term-missing:skip-covered",
        "--cov-fail-under=90",
        *session.posargs,
    )  # fmt: skip


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, the arrows between rooms, the template, the contracts."""
    _install(session, "larder", "load", "tests", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", "harness", "scenarios", "reference_impl/larder", "noxfile.py")
    session.run("lint-imports", env={"PYTHONPATH": "reference_impl"})
    session.run("cfn-lint", "reference_impl/template.yaml")
    session.run("stageproof", "lint")


@nox.session
def chaos(session: nox.Session) -> None:
    """Fail every call of the stories that declare search=, in every way that applies."""
    _install(session, "larder")
    _stageproof(session, "chaos", *session.posargs)


@nox.session
def load(session: nox.Session) -> None:
    """Put the stage under load with Locust; the laws judge."""
    _install(session, "larder", "load")
    _stageproof(session, "load", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Seconds to verdict, cases per second beside the bare tool, seconds to a stage."""
    _install(session, "larder", "tests")
    session.run("python", "tests/bench/bench.py", *session.posargs)


@nox.session
def sabotage(session: nox.Session) -> None:
    """Put the seeded defects in, one at a time: each must make verify fail by its law; with
    --chaos those that only faults show, which chaos must find."""
    _install(session, "larder", "tests")
    session.run("python", "tests/mutants/run.py", *session.posargs)

import os
from pathlib import Path

import pytest

from harness.targets import TargetError, Uv
from harness.targets.uv import explain

# As uv says it, but for the index's name.
OFFLINE = """
error: Request failed after 3 retries in 10.9s
  cause: Failed to fetch: https://index.example/simple/pydantic-core/
  cause: error sending request for url (https://index.example/simple/pydantic-core/)
  cause: tunnel error: failed to create underlying connection
"""
NO_WHEEL = """
error: No solution found when resolving dependencies
  cause: Because psycopg2==2.9.10 has no usable wheels and you require psycopg2==2.9.10, we can
  conclude that your requirements are unsatisfiable.

hint: Wheels are required for `psycopg2` because building from source is disabled for all packages
"""
NOT_TRUSTED = """
error: Failed to fetch: https://index.example/simple/pydantic-core/
  cause: error sending request for url (https://index.example/simple/pydantic-core/)
  cause: invalid peer certificate: UnknownIssuer
"""


@pytest.mark.parametrize(
    ("output", "says", "advises"),
    [
        (OFFLINE, "can't be reached", "Connect to the network"),
        (NOT_TRUSTED, "certificate is not trusted", "SSL_CERT_FILE"),
        (NO_WHEEL, "psycopg2 has no wheel", "another Python"),
        ("error: No interpreter found for Python 3.2", "this Python won't do", "3.11"),
        ("error: the moon is full", "the moon is full", "Mend what it says"),
    ],
)
def test_a_failure_of_uv_is_told_with_what_to_do(output: str, says: str, advises: str) -> None:
    error = explain("build the libraries", output)
    assert "could not build the libraries" in error.what
    assert says in error.what
    assert advises in error.mend


def test_uv_runs_with_the_users_environment(tmp_path: Path) -> None:
    program = tmp_path / "uv"
    program.write_text('#!/bin/sh\necho "$PROXY $1"\n')
    program.chmod(0o755)
    assert Uv(str(program), {"PROXY": "p.example"}).run(["pip"], doing="x") == "p.example pip\n"


def test_without_uv_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uv", None)
    with pytest.raises(TargetError, match="uv is not installed") as caught:
        Uv.find({"PATH": "/nowhere"})
    assert "pip install uv" in caught.value.mend


def test_uv_is_found_on_the_path_when_its_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uv", None)
    program = tmp_path / "uv"
    program.touch()
    program.chmod(0o755)
    assert Uv.find({"PATH": str(tmp_path)}).program == os.fspath(program)

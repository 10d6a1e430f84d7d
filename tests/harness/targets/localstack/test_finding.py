"""What LocalStack needs of this machine: found, or told how to get it."""

from pathlib import Path

import pytest

from harness.targets import TargetError
from harness.targets.localstack import jars, java, pythons
from harness.targets.localstack.shipped import checksums, pins


def _program(path: Path, said: str, *, code: int = 0, to: str = "1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{said}' >&{to}\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Python but those that a test puts somewhere."""
    monkeypatch.setattr(pythons.sys, "version_info", (3, 11, 0, "final", 0))

    def none(_: object) -> None:
        raise TargetError("no uv")

    monkeypatch.setattr(pythons.Uv, "find", none)


@pytest.mark.usefixtures("bare")
def test_pyenvs_newest_is_found_though_no_shim_leads_to_it(tmp_path: Path) -> None:
    _program(tmp_path / "shims" / "python3.13", "pyenv: python3.13: command not found", code=127)
    for version in ("3.13.2", "3.13.10"):
        _program(tmp_path / "versions" / version / "bin" / "python", version)
    found = pythons.find_python({"PATH": str(tmp_path / "shims"), "PYENV_ROOT": str(tmp_path)})
    assert found.version == "3.13.10"
    assert found.short == "3.13"


@pytest.mark.usefixtures("bare")
def test_3_13_is_taken_before_3_12_and_3_12_before_nothing(tmp_path: Path) -> None:
    user = {"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path / "none")}
    _program(tmp_path / "python3.12", "3.12.1")
    assert pythons.find_python(user).version == "3.12.1"
    _program(tmp_path / "python3.13", "3.13.0")
    assert pythons.find_python(user).version == "3.13.0"


@pytest.mark.usefixtures("bare")
def test_without_one_it_says_how_to_get_one(tmp_path: Path) -> None:
    _program(tmp_path / "python3.13", "3.9.0")  # it lies
    with pytest.raises(TargetError, match=r"needs Python 3\.12 or 3\.13") as caught:
        pythons.find_python({"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path)})
    assert "apt-get install python3.13" in caught.value.mend


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    _program(tmp_path / "old" / "java", 'openjdk version "21.0.1"', to="2")
    home = _program(tmp_path / "home" / "bin" / "java", 'openjdk version "17.0.15"', to="2")
    found = java.find_java({"JAVA_HOME": str(home.parents[1]), "PATH": str(tmp_path / "old")})
    assert (found.path, found.version) == (home, 17)


def test_an_old_java_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _program(tmp_path / "java", 'java version "1.8.0_402"', to="2")
    monkeypatch.setattr(java, "_candidates", lambda _: iter([old]))
    with pytest.raises(TargetError, match=r"needs Java 17 or later.*java is 8\)") as caught:
        java.find_java({})
    assert "JAVA_HOME" in caught.value.mend


def test_without_maven_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="Maven") as caught:
        java.find_maven({"PATH": str(tmp_path)})
    assert "apt-get install maven" in caught.value.mend


def test_a_file_that_differs_is_missing_or_too_many_is_told(tmp_path: Path) -> None:
    (tmp_path / "altered.jar").write_text("x")
    (tmp_path / "stranger.jar").write_text("x")
    with pytest.raises(TargetError) as caught:
        jars.check(tmp_path, {"altered.jar": "00", "gone.jar": "00"})
    for said in ("gone.jar is missing", "stranger.jar doesn't belong", "altered.jar has SHA-256"):
        assert said in caught.value.what


def test_what_maven_could_not_do_is_told_in_its_words_and_nothing_is_kept(tmp_path: Path) -> None:
    _program(tmp_path / "bin" / "mvn", "[ERROR] Could not transfer artifact", code=1)
    user = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    with pytest.raises(TargetError, match="Could not transfer artifact"):
        jars.libraries_of(tmp_path / "home", user, lambda _: None)
    assert not jars.is_ready(tmp_path / "home")


def test_large_downloads_are_told_with_their_size() -> None:
    told: list[str] = []
    line = "Downloaded from central: https://host/a/b/guava-33.4.0-jre.jar (3.1 MB at 9 MB/s)"
    jars._tell(line, told.append)
    jars._tell("Downloaded from central: https://host/a/small.pom (3.1 kB at 9 kB/s)", told.append)
    assert told == ["fetched guava-33.4.0-jre.jar (3.1 MB)"]


def test_every_pin_is_exact_and_every_jar_has_a_checksum() -> None:
    lines = [x for x in pins().read_text().splitlines() if x]
    assert "localstack-core==4.14.0" in lines
    assert all("==" in line for line in lines)
    assert "DynamoDBLocal-2.6.1.jar" in checksums()
    assert all(len(digest) == 64 for digest in checksums().values())

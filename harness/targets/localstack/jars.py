"""DynamoDB Local from Maven's repository, by its coordinates, each file held to its checksum."""

import hashlib
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.targets.cache import made_once
from harness.targets.endpoint import Progress
from harness.targets.errors import TargetError
from harness.targets.localstack.java import find_maven
from harness.targets.localstack.shipped import DYNAMODB, checksums

_POM = f"""<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId>
      <version>{DYNAMODB}</version>
    </dependency>
  </dependencies>
</project>
"""
_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_DOWNLOADED = re.compile(r"Downloaded from \S+ \S+/(\S+) \(([\d.]+) ([kM])B")
_TELL_FROM = 1.0
"""Files smaller than so many MB aren't worth a line."""
_FOLDER = "lib"


def libraries_of(home: Path, user: Mapping[str, str], progress: Progress) -> Path:
    """The folder with DynamoDB Local's files, fetched once.

    Raises:
        TargetError: no Maven, no network, a file that isn't what it should be.
    """

    def make(partial: Path) -> None:
        progress(f"fetching DynamoDB Local {DYNAMODB} (once, 51 MB)")
        _fetch(partial, user, progress)
        check(partial / _FOLDER, checksums())

    made = made_once(
        home / "emulators" / f"dynamodb-local-{DYNAMODB}",
        make,
        progress=progress,
        whole=lambda p: (p / _FOLDER).is_dir(),
    )
    return made / _FOLDER


def is_ready(home: Path) -> bool:
    """Whether it is here already."""
    return (home / "emulators" / f"dynamodb-local-{DYNAMODB}" / _FOLDER).is_dir()


def check(folder: Path, wanted: Mapping[str, str]) -> None:
    """Hold what is in a folder to its checksums.

    Raises:
        TargetError: what is missing, what is there besides, what differs.
    """
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    wrong = [
        *(f"{name} is missing" for name in wanted if name not in found),
        *(f"{name} doesn't belong to it" for name in found if name not in wanted),
        *(
            f"{name} has SHA-256 {found[name]}, not {digest}"
            for name, digest in wanted.items()
            if name in found and found[name] != digest
        ),
    ]
    if wrong:
        raise TargetError(
            f"DynamoDB Local {DYNAMODB} isn't what it should be: {'; '.join(wrong[:5])}",
            "Something between here and Maven's repository alters files, or your ~/.m2 holds "
            "damaged ones: delete what is named from ~/.m2/repository and try again.",
        )


def _fetch(partial: Path, user: Mapping[str, str], progress: Progress) -> None:
    (partial / "pom.xml").write_text(_POM, encoding="utf-8")
    command: list[str | Path] = [
        find_maven(user), "-B", "-f", partial / "pom.xml", _GOAL,
        f"-DoutputDirectory={partial / _FOLDER}", "-DincludeScope=runtime",
    ]  # fmt: skip
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603 (our own arguments)
        command,
        env=dict(user),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as maven:
        assert maven.stdout is not None  # noqa: S101 (a pipe was asked for)
        for line in maven.stdout:
            said.append(line.rstrip())
            _tell(line, progress)
    if maven.returncode:
        raise _explain(said)


def _tell(line: str, progress: Progress) -> None:
    if found := _DOWNLOADED.search(line):
        size = float(found[2]) / (1 if found[3] == "M" else 1000)
        if size >= _TELL_FROM:
            progress(f"fetched {found[1]} ({size:.1f} MB)")


def _explain(said: list[str]) -> TargetError:
    wrong = [line for line in said if "ERROR" in line][:6] or said[-6:]
    tail = "\n".join(f"    {line}" for line in wrong)
    return TargetError(
        f"could not fetch DynamoDB Local; Maven said:\n{tail}",
        "Connect to the network (Maven takes a proxy or mirror from ~/.m2/settings.xml) and try "
        "again; once fetched, it is kept.",
    )

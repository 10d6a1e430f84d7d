"""Java for DynamoDB Local, and Maven, which brings it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.targets.errors import TargetError

LEAST = 17
MEND_JAVA = (
    "Install one (Debian: apt-get install openjdk-17-jre-headless, or 21) or point JAVA_HOME at it."
)
MEND_MAVEN = "Install it (Debian: apt-get install maven) and try again."


@dataclass(frozen=True)
class Java:
    """A java that was asked for its version."""

    path: Path
    version: int
    """Its major version."""


def find_java(user: Mapping[str, str]) -> Java:
    """The first of JAVA_HOME, the path and the usual place that is new enough.

    Raises:
        TargetError: none is.
    """
    seen = []
    for candidate in _candidates(user):
        version = _version_of(candidate)
        if version is not None and version >= LEAST:
            return Java(candidate, version)
        if version is not None:
            seen.append(f"{candidate} is {version}")
    old = f" ({', '.join(seen)})" if seen else ""
    raise TargetError(
        f"DynamoDB Local needs Java {LEAST} or later, and none is here{old}", MEND_JAVA
    )


def find_maven(user: Mapping[str, str]) -> Path:
    """The ``mvn`` on the path.

    Raises:
        TargetError: there is none.
    """
    found = shutil.which("mvn", path=user.get("PATH"))
    if found is None:
        raise TargetError("Maven (mvn) isn't here; it brings DynamoDB Local", MEND_MAVEN)
    return Path(found)


def _candidates(user: Mapping[str, str]) -> Iterator[Path]:
    if home := user.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java", path=user.get("PATH", os.defpath)):
        yield Path(found)
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))


def _version_of(java: Path) -> int | None:
    if not java.is_file():
        return None
    asked = subprocess.run(  # noqa: S603 (a java)
        [java, "-version"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    # Java 8 and before called themselves 1.8.
    said = re.search(r'version "(?:1\.)?(\d+)', asked.stderr + asked.stdout)
    return int(said[1]) if said and asked.returncode == 0 else None

"""``stageproof doctor``: what this machine has, what is missing, and how to get it."""

import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.config import FILE
from harness.model import HarnessError
from harness.report.typed import as_typed
from harness.targets import Uv, default_home, ministack
from harness.targets.localstack.engine import engine_here
from harness.targets.localstack.installation import is_ready
from harness.targets.localstack.java import find_java, find_maven
from harness.targets.localstack.pythons import find_python

_NEEDED_BYTES = 1_000_000_000


_FOR_LOCALSTACK = {
    "python of localstack": "LocalStack's Python",
    "java": "Java",
    "maven": "Maven",
}
"""What only the target ``localstack`` needs, when it runs without Docker."""


@dataclass(frozen=True)
class Looked:
    """One thing that was looked at."""

    what: str
    ok: bool
    said: str
    mend: str = ""
    needed: bool = True


def doctor(console: Console) -> int:
    """Look at everything; 0 if ``verify`` can run on the embedded target, else 2."""
    looked = [_safely(look) for look in _looks()]
    table = Table("", "what", "found", "how to get it", box=None, header_style="bold")
    for each in looked:
        mark = "[green]✔[/]" if each.ok else "[red]✘[/]" if each.needed else "[yellow]–[/]"
        table.add_row(mark, each.what, escape(each.said), "" if each.ok else escape(each.mend))
    console.print(table)
    fit = all(each.ok or not each.needed for each in looked)
    here = Path(FILE).is_file()
    go = as_typed("next: stageproof verify") + ("" if here else f", in a folder that has a {FILE}")
    console.print(go if fit else "The red lines must be mended before verify can run.")
    return 0 if fit else 2


def _looks() -> Iterator[Callable[[], Looked]]:
    yield from (_python, _uv, _loopback, _disk, _emulator, _harness_toml)
    yield from (_python_of_localstack, _java, _maven, _docker)


def _safely(look: Callable[[], Looked]) -> Looked:
    try:
        return look()
    except (HarnessError, OSError) as error:
        name = look.__name__.strip("_").replace("_", " ")
        told = error if isinstance(error, HarnessError) else HarnessError(str(error))
        only = name in _FOR_LOCALSTACK
        return Looked(
            _FOR_LOCALSTACK.get(name, name), False, told.what.splitlines()[0], told.mend, not only
        )


def _python() -> Looked:
    ok = sys.version_info >= (3, 11)
    return Looked(
        "Python", ok, f"{platform.python_version()} at {sys.executable}", "Install Python >= 3.11."
    )


def _uv() -> Looked:
    return Looked("uv", True, Uv.find(os.environ).program)


def _loopback() -> Looked:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Looked("loopback", True, f"port {free.getsockname()[1]} is free")


def _disk() -> Looked:
    path = default_home(os.environ)
    place = next(p for p in (path, *path.parents) if p.exists())
    free = min(shutil.disk_usage(place).free, shutil.disk_usage(tempfile.gettempdir()).free)
    writable = os.access(place, os.W_OK)
    return Looked(
        "cache",
        writable and free > _NEEDED_BYTES,
        f"{path} ({free / 1e9:.0f} GB free{'' if writable else ', not writable'})",
        "Set XDG_CACHE_HOME to a writable folder with 1 GB free.",
    )


def _emulator() -> Looked:
    ready = ministack.is_ready(default_home(os.environ))
    return Looked(
        "embedded emulator",
        ready,
        "installed" if ready else "not yet installed",
        "verify installs it by itself at its first run (needs the package index once)",
        needed=False,
    )


def _harness_toml() -> Looked:
    found = Path(FILE).is_file()
    return Looked(
        FILE, found, "here" if found else "not here",
        "Run in your project's root; see README, bring your own application.", needed=False,
    )  # fmt: skip


def _python_of_localstack() -> Looked:
    found = find_python(os.environ)
    ready = is_ready(default_home(os.environ), found)
    installed = "LocalStack installed" if ready else "LocalStack not yet installed"
    said = f"{found.version} at {found.path} ({installed})"
    return Looked("LocalStack's Python", True, said, needed=False)


def _java() -> Looked:
    found = find_java(os.environ)
    return Looked("Java", True, f"{found.version} at {found.path}", needed=False)


def _maven() -> Looked:
    return Looked("Maven", True, str(find_maven(os.environ)), needed=False)


def _docker() -> Looked:
    version = engine_here()
    said = f"engine {version} answers" if version else "no engine answers"
    return Looked(
        "Docker", version is not None, said,
        "not needed: the target localstack runs as a program where there is none", needed=False,
    )  # fmt: skip

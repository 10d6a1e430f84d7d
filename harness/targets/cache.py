"""Things that are made once and kept: whole or not at all, whoever else is making them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from harness.targets.endpoint import Progress
from harness.targets.errors import TargetError

_PARTIAL = ".partial-"


def default_home(environment: Mapping[str, str]) -> Path:
    """This user's cache: ``$XDG_CACHE_HOME/stageproof``, else ``~/.cache/stageproof``."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "stageproof"


def made_once(
    path: Path,
    make: Callable[[Path], None],
    *,
    progress: Progress,
    whole: Callable[[Path], bool] = Path.exists,
) -> Path:
    """Give ``path``, letting ``make`` build it in a folder next to it if it isn't there yet.

    Only a finished folder gets the name, so an interrupted build leaves nothing that could be
    mistaken for one. Of several processes one builds and the others wait.

    Raises:
        TargetError: when the folder can't be written.
    """
    if whole(path):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path, progress):
            _sweep(path)
            if not whole(path):
                _build(path, make)
    except OSError as error:
        raise TargetError(
            f"could not write the cache {path}: {error.strerror or error}",
            "Free some space or make the folder writable; XDG_CACHE_HOME moves it elsewhere.",
        ) from error
    return path


def _build(path: Path, make: Callable[[Path], None]) -> None:
    partial = Path(tempfile.mkdtemp(prefix=_prefix(path), dir=path.parent))
    try:
        make(partial)
        if path.exists():
            shutil.rmtree(path)
        partial.chmod(0o755)
        partial.rename(path)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _prefix(path: Path) -> str:
    return f"{_PARTIAL}{path.name}-"


def _sweep(path: Path) -> None:
    """Whatever a killed build left: nobody else can be building, since we hold the lock."""
    for leftover in path.parent.glob(f"{_prefix(path)}*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    # The lock's file stays: removing it would let two processes hold two different locks.
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another process that is making {path.name}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

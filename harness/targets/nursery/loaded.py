"""What a nursery has loaded, and which functions would have loaded the very same by themselves.

Three things decide what an import gives: where modules are looked for, what lies there, and, for
modules that read it, the environment. What is loaded suits a function when all three agree.
"""

import contextlib
import gc
import hashlib
import importlib
import os
import sys
import threading
from importlib.machinery import all_suffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LAYERS = "_LAMBDA_LAYERS_DIRS"
"""Where MiniStack tells its worker which folders the function's layers were unpacked into."""
_MOST_FILES, _MOST_BYTES = 20, 65_536
"""Of a layer that is read to tell it apart: one that only points to libraries has one file."""


class Loaded:
    """The modules of this process, beyond those that it began with."""

    def __init__(self) -> None:
        self._layers: str | None = None
        self._read: dict[str, str | None] = {}
        self._began = _python_of(os.environ)
        self._spoilt = False
        self._tried: set[str] = set()

    def suits(self, environment: "Mapping[str, str]", folders: "Sequence[str]") -> bool:
        """Whether a function in this environment, with its own code in ``folders``, may have it."""
        return (
            not self._spoilt
            and _python_of(environment) == self._began
            and self._layers in (None, _digest(environment))
            and all(environment.get(name) == value for name, value in self._read.items())
            and not any(_brings(folder) & _tops() for folder in folders)
        )

    def learn(self, seen: "Mapping[str, list[str]]", environment: "Mapping[str, str]") -> None:
        """Load what a function was seen to need, for the next one. It has had what was loaded.

        Args:
            seen: ``modules``, in the order in which they were loaded, and the ``path`` they were
                found by, both without those that are the function's own.
            environment: the one in which it loaded them.
        """
        fresh = [n for n in seen["modules"] if n not in sys.modules and n not in self._tried]
        layers = _digest(environment) if fresh else None
        if layers is None or self._layers not in (None, layers):
            return
        self._layers = layers
        self._tried.update(fresh)
        with _path(seen["path"]), _environment(environment) as read:
            for name in fresh:
                # What can't be loaded here is loaded there, each time.
                with contextlib.suppress(Exception, SystemExit):
                    importlib.import_module(name)
        self._read.update((name, environment.get(name)) for name in read)
        # A thread doesn't come along into a child, and may have held a lock.
        self._spoilt = self._spoilt or threading.active_count() > 1
        gc.collect()
        gc.freeze()


def lasting(folders: "Sequence[str]") -> "dict[str, list[str]]":
    """The modules of this process that are no function's own, as ``learn`` takes them."""
    own = tuple(os.path.realpath(folder) + os.sep for folder in folders)
    kept = [
        name
        for name, module in list(sys.modules.items())
        if name != "__main__"
        and (origin := origin_of(module))
        and not os.path.realpath(origin).startswith(own)
    ]
    path = [entry for entry in sys.path if not (os.path.realpath(entry) + os.sep).startswith(own)]
    return {"modules": kept, "path": path}


def origin_of(module: object) -> "str | None":
    """The file, or what else, that a module was loaded from; None where it doesn't say."""
    origin: str | None = getattr(getattr(module, "__spec__", None), "origin", None)
    return origin


def _python_of(environment: "Mapping[str, str]") -> "dict[str, str]":
    """What the interpreter itself reads at its start; a path can be set later as well."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(("PYTHON", "LANG", "LC_")) and name != "PYTHONPATH"
    }


def _digest(environment: "Mapping[str, str]") -> "str | None":
    """Tells layers apart; None where they hold too much to tell."""
    seen = hashlib.sha256()
    files = 0
    for layer in filter(None, environment.get(_LAYERS, "").split(os.pathsep)):
        seen.update(b"\1")
        for folder, folders, names in os.walk(layer):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                files += 1
                if files > _MOST_FILES or os.path.getsize(path) > _MOST_BYTES:
                    return None
                with open(path, "rb") as file:
                    seen.update(os.path.relpath(path, layer).encode() + b"\0" + file.read())
    return seen.hexdigest()


def _tops() -> "set[str]":
    return {name.partition(".")[0] for name in sys.modules}


def _brings(folder: str) -> "set[str]":
    """Names that can be imported from a folder, for certain."""
    found = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            suffix = next((s for s in all_suffixes() if entry.name.endswith(s)), None)
            if suffix:
                found.add(entry.name.removesuffix(suffix).partition(".")[0])
            elif os.path.exists(os.path.join(entry.path, "__init__.py")):
                found.add(entry.name)
    return found


@contextlib.contextmanager
def _path(path: "Sequence[str]") -> "Iterator[None]":
    before = sys.path[:]
    sys.path[:] = path
    try:
        yield
    finally:
        sys.path[:] = before


@contextlib.contextmanager
def _environment(environment: "Mapping[str, str]") -> "Iterator[set[str]]":
    """Have this environment meanwhile; gives the names that were looked up in it."""
    read: set[str] = set()
    kind = type(os.environ)
    before, get = dict(os.environ), kind.__getitem__

    def watched(self: "os._Environ[str]", name: str) -> str:
        read.add(name)
        return get(self, name)

    os.environ.clear()
    os.environ.update(environment)
    kind.__getitem__ = watched  # type: ignore[method-assign]
    try:
        yield read
    finally:
        kind.__getitem__ = get  # type: ignore[method-assign]
        os.environ.clear()
        os.environ.update(before)

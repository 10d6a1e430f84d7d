"""What a process that a nursery forked becomes: an execution environment of one function."""

import contextlib
import importlib
import json
import os
import site
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from collections.abc import Sequence

    from harness.targets.nursery.loaded import Loaded, lasting, origin_of
else:  # a script's neighbour
    from loaded import Loaded, lasting, origin_of

_OURS = Path(__file__).resolve().parent
_SHOWN = "AWS_LAMBDA_FUNCTION_NAME"


@dataclass(frozen=True)
class Request:
    """What ``handover.py`` was started with, and what the nursery adds."""

    script: str
    cwd: str
    environment: "dict[str, str]"
    streams: "Sequence[int]"
    learns: int
    """Where to write what was loaded."""
    loaded: Loaded

    @property
    def folders(self) -> "tuple[str, str]":
        """Where the function's own modules are: beside the script, and where it is started."""
        return os.path.dirname(os.path.abspath(self.script)), self.cwd


def live(request: Request) -> None:
    """Run the script as the interpreter would; the process ends when this returns or raises."""
    for ours, stream in enumerate(request.streams):
        os.dup2(stream, ours)
        os.close(stream)
    os.chdir(request.cwd)
    if not request.loaded.suits(request.environment, request.folders):
        python = [sys.executable, request.script]
        os.execve(sys.executable, python, request.environment)  # noqa: S606
    os.environ.clear()
    os.environ.update(request.environment)
    _show(f"{_SHOWN}={request.environment.get(_SHOWN, '')}")
    _begin(request)
    code = compile(Path(request.script).read_bytes(), request.script, "exec")
    main = ModuleType("__main__")
    main.__file__ = request.script
    sys.modules["__main__"] = main
    exec(code, main.__dict__)  # noqa: S102 (what an interpreter does)


def _begin(request: Request) -> None:
    """What an interpreter does before it runs a script."""
    path = request.environment.get("PYTHONPATH", "")
    elsewhere = [entry for entry in sys.path if Path(entry) != _OURS]
    sys.path[:] = [request.folders[0], *filter(None, path.split(os.pathsep)), *elsewhere]
    sys.argv[:] = [request.script]
    for name, module in list(sys.modules.items()):
        if (origin := origin_of(module)) and Path(origin).parent == _OURS:
            del sys.modules[name]
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()  # it alone isn't seeded anew after a fork
    _tell_when_loaded(request)
    site.execsitecustomize()


def _tell_when_loaded(request: Request) -> None:
    """Tell the nursery what the first import by name, a runtime's of its handler, has loaded."""
    original = importlib.import_module
    own = [*request.folders, *request.environment.get("PYTHONPATH", "").split(os.pathsep)]
    depth, told = 0, False

    def import_module(name: str, package: "str | None" = None) -> ModuleType:
        nonlocal depth, told
        depth += 1
        try:
            return original(name, package)
        finally:
            depth -= 1
            if depth == 0 and not told:
                told = True
                with contextlib.suppress(OSError), os.fdopen(request.learns, "wb") as pipe:
                    pipe.write(json.dumps(lasting([*filter(None, own)])).encode())

    importlib.import_module = import_module


def _show(what: str) -> None:
    """Have the kernel show this as the process's environment, in place of the nursery's.

    So whoever asks who is at the other end of a connection learns whose process it is. It shows
    no more than the name: the environment that was asked for is shown by who stands for it.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        begin, end = int(fields[47]), int(fields[48])
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(begin)
            memory.write(what.encode()[: end - begin - 1].ljust(end - begin, b"\0"))

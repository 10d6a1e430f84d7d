"""Runs an emulator that starts each Python function by ``sys.executable``: ``starting.py PROGRAM``.

Runs as a script in the emulator's scratch folder. What ``sys.executable`` names meanwhile is a
launcher, which asks the nursery first.
"""

import runpy
import subprocess
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from harness.targets.nursery.handover import SOCKET
else:  # a script's neighbour
    from handover import SOCKET

HERE = Path(__file__).resolve().parent
LAUNCHER = "function-python"
_LONGEST_SOCKET, _LONGEST_FIRST_LINE = 100, 120
"""Bytes: the kernel takes a few more of either."""


def launcher(folder: Path) -> Path | None:
    """Start a nursery in ``folder``; gives the Python that asks it, None where there can't be one.

    It is a script with a first line of its own, not a shell's: a shell adds to the environment.
    """
    socket, path = folder / SOCKET, folder / LAUNCHER
    first = f"#!{sys.executable} -IS\n"
    if (
        len(bytes(socket)) > _LONGEST_SOCKET
        or len(first.encode()) > _LONGEST_FIRST_LINE
        or " " in sys.executable
    ):
        return None
    subprocess.Popen(  # noqa: S603 (ours)
        [sys.executable, HERE / "nursery.py", socket], stdin=subprocess.DEVNULL
    )
    path.write_text(first + (HERE / "handover.py").read_text(encoding="utf-8"), encoding="utf-8")
    path.chmod(0o700)
    return path


def main(program: str) -> None:
    """Be ``program``, as if it had been started by itself."""
    asked = launcher(Path.cwd())
    if asked is not None:
        sys.executable = str(asked)
    sys.argv = [program]
    sys.path[0] = str(Path(program).parent)
    del sys.modules["handover"]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])

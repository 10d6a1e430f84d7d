"""Runs a program that must not outlive whoever started it.

Started as a script in a session of its own: ``python keeper.py PROGRAM ARGUMENT…`` with a pipe as
its stdin. When the program ends, so does this, with the same code. When the pipe closes, because
its owner closed it or died by whatever cause, the whole process group is ended: the program and
everything that it started. Imports the standard library alone.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading

GRACE = 3.0
"""Seconds between asking the group to end and making it."""


def _die_with_keeper() -> None:
    # Linux only; elsewhere a killed keeper (not its owner) would leave the program.
    with contextlib.suppress(OSError, AttributeError):
        import ctypes  # noqa: PLC0415 (only where there is something to call)

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _end_group(program: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(0, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.wait(GRACE)
    os.killpg(0, signal.SIGKILL)  # this process too: it is the last thing to do


def main(command: list[str]) -> int:
    """Run ``command`` until it ends or stdin does."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    program = subprocess.Popen(  # noqa: S603 (what the harness told us to run)
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_keeper if sys.platform == "linux" else None,  # noqa: PLW1509
    )
    done_reading, done_writing = os.pipe()
    code: list[int] = []

    def watch() -> None:
        code.append(program.wait())
        os.write(done_writing, b"x")

    threading.Thread(target=watch, daemon=True).start()
    ready, _, _ = select.select([sys.stdin, done_reading], [], [])
    if done_reading in ready:
        # What it started goes with it; our own exit code tells how it ended.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(0, signal.SIGTERM)
        return code[0] if code[0] >= 0 else 128 - code[0]
    _end_group(program)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

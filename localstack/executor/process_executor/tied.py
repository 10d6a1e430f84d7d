"""Runs a program that dies with whoever started it: ``python tied.py PROGRAM ARGUMENT…``.

LocalStack starts its helpers in process groups of their own, which whoever ends LocalStack's group
doesn't reach.
"""

import os
import signal
import sys

if __name__ == "__main__":
    if sys.platform == "linux":
        import ctypes

        parent = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)  # it died before we could ask
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (what it is for)

"""What an execution environment runs: AWS's runtime client over the function's own code.

Started as a script with the function's environment and its folder as the working directory.
"""

import os
import signal
import site
import sys


def _die_with_parent() -> None:
    import ctypes  # noqa: PLC0415 (Linux alone has something to call)

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(os.environ.pop("_PARENT", "0") or os.getppid()):
        os.kill(os.getpid(), signal.SIGKILL)  # it died before we could ask


def _lay_path(task: str, opt: str, libraries: str) -> None:
    """The function's folder, then its layers, then the runtime: AWS's order."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    runtime = list(sys.path)
    sys.path[:] = [task]
    for folder in (f"{opt}/python/lib/{version}/site-packages", f"{opt}/python"):
        if os.path.isdir(folder):
            site.addsitedir(folder)
    sys.path += runtime
    if libraries:
        site.addsitedir(libraries)


if __name__ == "__main__":
    if sys.platform == "linux":
        _die_with_parent()
    if sys.flags.no_site:
        # LocalStack's own packages are left out; what the function's environment wants run first
        # is not.
        site.execsitecustomize()
    _lay_path(
        os.environ["LAMBDA_TASK_ROOT"],
        os.environ.pop("_OPT", "/opt"),
        os.environ.pop("_LIBRARIES", ""),
    )
    from awslambdaric.__main__ import main

    main([__file__, os.environ["_HANDLER"]])

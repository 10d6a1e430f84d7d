"""Which process something belongs to, told apart from a later one of the same number.

What outlives a process (a container, a stack on somebody's LocalStack) carries the name of its
owner, so that another run sees whether it is still somebody's.
"""

import os
import re
import socket
from contextlib import suppress
from functools import cache
from pathlib import Path

_FORM = re.compile(r"(\d+)/(\d*)@(.+)")


def owner() -> str:
    """This process: ``PID/BEGAN@HOST``; without ``BEGAN`` where its beginning can't be told."""
    return _name(os.getpid())


def is_owner(name: str) -> bool:
    """Whether it has the form of an owner's name at all."""
    return _FORM.fullmatch(name) is not None


def is_here(name: str) -> bool:
    """Whether that process is, or was, one of this machine."""
    form = _FORM.fullmatch(name)
    return form is not None and form[3] == host()


def is_gone(name: str) -> bool:
    """Whether that process is known to have ended: of another machine's nobody knows."""
    form = _FORM.fullmatch(name)
    # Without a beginning to compare, nobody is taken for gone.
    return form is not None and bool(form[2]) and is_here(name) and _name(int(form[1])) != name


def told(name: str) -> str:
    """The owner, for a person who may want to look for it."""
    number, _, rest = name.partition("/")
    host = rest.partition("@")[2]
    return f"process {number} of {'this machine' if is_here(name) else host}"


def _name(pid: int) -> str:
    began = ""
    with suppress(OSError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        began = stat.rpartition(")")[2].split()[19]
    return f"{pid}/{began}@{host()}"


@cache
def host() -> str:
    """This machine, or container: two may have one name, and numbers of processes of their own."""
    own = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        own = f".{boot[:8]}.{Path('/proc/self/ns/pid').stat().st_ino}"
    return f"{socket.gethostname()}{own}"

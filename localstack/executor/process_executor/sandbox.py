"""One execution environment: a process, its Runtime API and its output."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from process_executor import sayings
from process_executor.output import Output
from process_executor.runtime_api import LONGEST_ANSWER, Invocation, RuntimeApi, Said, Word
from process_executor.spawning import spawn

INIT = 10.0
"""Seconds that loading may take by itself; after that it eats into the first invocation's time."""
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Function:
    """What is run."""

    python: str
    """An interpreter with ``awslambdaric`` (and what else AWS's runtime brings)."""
    code: Path
    opt: Path | None
    """Its layers, laid over each other; None without layers."""
    environment: Mapping[str, str]
    timeout: float
    """Seconds."""
    libraries: str | None = None
    """A folder that stands for the interpreter's own packages."""


@dataclass(frozen=True)
class Outcome:
    """What became of one invocation."""

    payload: bytes
    failed: bool
    logs: str


@dataclass
class _Life:
    """One process from its start to its end."""

    words: "SimpleQueue[Word]"
    api: RuntimeApi
    output: Output
    process: "subprocess.Popen[bytes]"
    born: float
    gone: bool = False
    loaded: bool = False
    ready: bool = False
    """It asked for the next event and has none."""
    init: float | None = None
    """Seconds that loading took; told with the first invocation."""
    broken: bytes | None = None
    """Why it couldn't be loaded."""
    scrap: list[Path] = field(default_factory=list)


class Sandbox:
    """Runs one invocation at a time; a process that died is replaced at the next.

    Raises:
        OSError: from ``start``, when the process can't be started.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        self._life: _Life | None = None
        self._stopped = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process that serves it now."""
        return self._life.process.pid if self._life else None

    def start(self) -> None:
        """Start the process and let it load, for ``INIT`` seconds at most."""
        with self._lock:
            if self._stopped:
                return
            self._life = self._begin()
        self._load(self._life, time.monotonic() + INIT)

    def stop(self) -> None:
        """End the process, at once. An invocation under way ends as one whose process died."""
        with self._lock:
            self._stopped = True
            life, self._life = self._life, None
        if life is not None:
            _end(life)

    def run(self, request: str, payload: bytes, arn: str, trace: str) -> Outcome:
        """Hand it one event and wait for what becomes of it."""
        life = self._at_hand()
        begin = time.monotonic()
        if life is None:
            payload, line = sayings.exited(request, -9)
            return Outcome(payload, True, line)
        deadline = begin + self._function.timeout
        self._load(life, deadline)
        if life.broken is not None:
            return self._unloadable(life, request, begin)
        if not life.ready:
            return self._too_slow(life, request, begin, before="")
        wall = int((time.time() + self._function.timeout) * 1000)
        before = _lines(life)
        life.ready = False
        life.api.events.put(Invocation(request, payload, arn, trace, wall))
        return self._await(life, request, begin, deadline, before)

    def _at_hand(self) -> _Life | None:
        """A process that can take an event, or couldn't be loaded; None once stopped."""
        life = self._life
        if life is not None and life.loaded and not life.ready:
            # It has answered and is about to ask for more, unless answering was the end of it.
            self._load(life, time.monotonic() + INIT)
        if life is None or (life.broken is None and (life.gone or _dead(life.process.pid))):
            if life is not None:
                _end(life)
            self.start()
        return self._life

    def _begin(self) -> _Life:
        words: SimpleQueue[Word] = SimpleQueue()
        output, api = Output(), RuntimeApi(words)
        private = Path(tempfile.mkdtemp(prefix="lambda-tmp-"))
        apart = ["-S"] if self._function.libraries else []
        try:
            process = spawn(
                [self._function.python, "-P", "-s", *apart, str(_BOOTSTRAP)],
                self._environment(api.address, private),
                self._function.code,
                output.writes,
            )
        except BaseException:
            api.close()
            shutil.rmtree(private, ignore_errors=True)
            raise
        finally:
            output.started()
        life = _Life(words, api, output, process, time.monotonic(), scrap=[private])
        threading.Thread(target=_announce_end, args=(life,), name="reaper", daemon=True).start()
        return life

    def _environment(self, api: str, private: Path) -> dict[str, str]:
        """Only what a Lambda would have: nothing of LocalStack's own environment."""
        given = {name: str(value) for name, value in self._function.environment.items()}
        return {
            "PATH": _PATH,
            "LANG": "en_US.UTF-8",
            "PYTHONUTF8": "1",
            "HOME": str(private),
            "TMPDIR": str(private),
            **given,
            "AWS_LAMBDA_RUNTIME_API": api,
            "LAMBDA_TASK_ROOT": str(self._function.code),
            "_OPT": str(self._function.opt or "/opt"),
            "_LIBRARIES": self._function.libraries or "",
            "_PARENT": str(os.getpid()),
        }

    def _load(self, life: _Life, deadline: float) -> None:
        """Wait until it asks for an event, or can't."""
        while not life.ready and not life.gone and life.broken is None:
            word = _next(life, deadline)
            if word is None:
                return
            if word.said is Said.READY:
                if not life.loaded:
                    life.init = time.monotonic() - life.born
                life.loaded = life.ready = True
            elif word.said is Said.INIT_ERROR:
                life.broken = word.body
            elif word.said is Said.GONE and not life.loaded:
                life.broken, _ = sayings.exited("", life.process.returncode or 0)

    def _await(
        self, life: _Life, request: str, begin: float, deadline: float, before: str
    ) -> Outcome:
        while True:
            word = _next(life, deadline)
            if word is None:
                return self._too_slow(life, request, begin, before)
            if word.said is Said.GONE:
                payload, line = sayings.exited(request, life.process.returncode or 0)
                logs = self._logs(life, request, begin, before, line, trouble="error")
                return Outcome(payload, True, logs)
            if word.said is Said.READY:
                life.ready = True
            elif word.request == request:
                failed = word.said is not Said.ANSWER
                payload = word.body
                if word.said is Said.TOO_LONG:
                    payload = sayings.too_long(int(word.body), LONGEST_ANSWER)
                return Outcome(payload, failed, self._logs(life, request, begin, before))

    def _too_slow(self, life: _Life, request: str, begin: float, before: str) -> Outcome:
        payload, line = sayings.timed_out(request, self._function.timeout)
        _kill(life)
        return Outcome(
            payload, True, self._logs(life, request, begin, before, line, trouble="timeout")
        )

    def _unloadable(self, life: _Life, request: str, begin: float) -> Outcome:
        """It couldn't be loaded: the next invocation tries again, as on AWS."""
        _kill(life)
        logs = self._logs(life, request, begin, "", trouble="error")
        payload, life.broken = life.broken or b"{}", None
        return Outcome(payload, True, logs)

    def _logs(
        self,
        life: _Life,
        request: str,
        begin: float,
        before: str,
        more: str = "",
        *,
        trouble: str = "",
    ) -> str:
        """What AWS would have in the log stream: the invocation's lines between its own."""
        given = self._function.environment
        said = _lines(life)
        init, life.init = life.init, None
        return "".join([
            before,
            sayings.start(request, str(given.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"))),
            said,
            more,
            sayings.end(request),
            sayings.report(
                request,
                time.monotonic() - begin,
                memory=str(given.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")),
                used=_memory(life.process.pid),
                init=init,
                trouble=trouble,
            ),
        ])  # fmt: skip


def _next(life: _Life, deadline: float) -> Word | None:
    """The next thing it says; None when time is up."""
    try:
        word = life.words.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        return None
    life.gone = life.gone or word.said is Said.GONE
    return word


def _lines(life: _Life) -> str:
    """What it printed since the last time, whole lines; its client ends a traceback's by CR."""
    said = life.output.take().replace("\r", "\n")
    return said if not said or said.endswith("\n") else f"{said}\n"


def _announce_end(life: _Life) -> None:
    life.process.wait()
    life.words.put(Word(Said.GONE))


def _dead(pid: int) -> bool:
    """Ask the system: the reaper may not have got round to it."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True  # reaped already


def _kill(life: _Life) -> None:
    life.gone = True
    life.process.kill()
    life.process.wait()


def _end(life: _Life) -> None:
    _kill(life)
    life.api.close()
    for path in life.scrap:
        shutil.rmtree(path, ignore_errors=True)


def _memory(pid: int) -> int:
    """The most MB it ever used; 0 where the system doesn't say."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        line = next(x for x in status if x.startswith("VmHWM:"))
        return int(line.split()[1]) // 1024
    return 0

"""An execution environment off a nursery, held against the same script run by Python itself."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.faults import Peers
from harness.targets.nursery.starting import launcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no nursery")

RUNTIME = """
import importlib, json, os, sys

folder, module = json.loads(sys.stdin.readline())
sys.path.insert(0, folder)
for layer in filter(None, os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)):
    with open(os.path.join(layer, "linked")) as file:
        sys.path.insert(0, file.read())
print(json.dumps(getattr(importlib.import_module(module), "handler")()), flush=True)
for line in sys.stdin:
    print(line.strip().upper(), flush=True)
sys.exit(3)
"""
LIBRARY = """
import os

LOADED_BY = os.getpid()
"""
HANDLER = """
import os, sys
import shelf

def handler():
    return {"pid": os.getpid(), "shelf": shelf.LOADED_BY, "from": shelf.__file__}
"""


class Place:
    """A folder with a nursery, libraries that a layer links to, and functions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        python = launcher(folder)
        assert python
        self.python = python
        self.libraries = folder / "libraries"
        self.libraries.mkdir()
        self.write(self.libraries / "shelf.py", LIBRARY)
        self._functions = 0

    def write(self, path: Path, code: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")

    def start(self, **arguments: Any) -> "Environment":
        """A function with a folder of its own, as an emulator makes one for each environment."""
        return Environment(self.begun(**arguments))

    def begun(
        self,
        *,
        handler: str = HANDLER,
        python: str | Path = "",
        own: dict[str, str] | None = None,
        layer: str | None = None,
        **environment: str,
    ) -> "subprocess.Popen[str]":
        """The same, told what to load, and perhaps not there yet."""
        self._functions += 1
        place = self.folder / f"function-{self._functions}"
        self.write(place / "runtime.py", RUNTIME)
        self.write(place / "code" / "serve.py", handler)
        for name, code in (own or {}).items():
            self.write(place / "code" / name, code)
        self.write(place / "layer" / "linked", layer or str(self.libraries))
        started = subprocess.Popen(
            [python or self.python, place / "runtime.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=place / "code",
            env={
                "PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "shop-Pay-1",
                "_LAMBDA_LAYERS_DIRS": str(place / "layer"), "LANG": "C.UTF-8", **environment,
            },
        )  # fmt: skip
        assert started.stdin
        started.stdin.write(json.dumps([str(place / "code"), "serve"]) + "\n")
        started.stdin.flush()
        return started

    def told(self, **arguments: Any) -> Any:
        """What a function's handler gives; it is ended."""
        environment = self.start(**arguments)
        answer = environment.answer
        assert environment.end() == 3
        return answer


class Environment:
    """A started function."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        line = self.hear()
        assert line, process.communicate()[1]
        self.answer = json.loads(line)

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def end(self) -> int:
        """Close its input; gives its exit code."""
        _, errors = self.process.communicate(timeout=20)
        assert errors == ""
        return self.process.returncode


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in [n for n in os.environ if n.startswith(("PYTHON", "LC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    before = set(_children())
    place = Place(tmp_path)
    (nursery,) = set(_children()) - before
    _until((tmp_path / "nursery.sock").exists)
    yield place
    os.kill(nursery, signal.SIGKILL)
    os.waitpid(nursery, 0)


def _children() -> list[int]:
    return [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


SEES = """
import os, sys

def handler():
    main = sys.modules["__main__"]
    return {
        "argv": sys.argv, "path": sys.path, "cwd": os.getcwd(), "environment": dict(os.environ),
        "main": [main.__name__, main.__file__], "executable": sys.executable,
        "ours": sorted({"environment", "loaded", "handover", "nursery"} & set(sys.modules)),
        "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors],
    }
"""


def test_a_function_sees_what_it_would_see_without_one(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    seen = place.told(handler=SEES, PYTHONPATH=str(elsewhere))
    plain = place.told(handler=SEES, PYTHONPATH=str(elsewhere), python=sys.executable)
    # Each function has a folder of its own.
    text = json.dumps(seen).replace("function-1", "function-2")
    assert json.loads(text) == plain
    assert seen["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == "shop-Pay-1"


def test_the_next_function_finds_loaded_what_the_first_one_loaded(place: Place) -> None:
    first = place.told()
    assert first["shelf"] == first["pid"]
    _until(lambda: (told := place.told())["shelf"] != told["pid"])
    later = place.told()
    assert later["shelf"] not in (first["pid"], later["pid"])
    assert later["from"] == str(place.libraries / "shelf.py")


def _warm(place: Place, **arguments: Any) -> None:
    """Have functions until the nursery has loaded their library."""
    _until(lambda: (told := place.told(**arguments))["shelf"] != told["pid"])


def test_a_function_that_brings_its_own_copy_gets_that(place: Place) -> None:
    _warm(place)
    own = {"shelf/__init__.py": LIBRARY}
    # A layer comes first on the path; without one the function's own does.
    told = place.told(own=own, _LAMBDA_LAYERS_DIRS="")
    assert told["shelf"] == told["pid"]
    assert told["from"].endswith("code/shelf/__init__.py")


def test_a_function_with_another_layer_gets_its_own(place: Place, tmp_path: Path) -> None:
    _warm(place)
    place.write(tmp_path / "others" / "shelf.py", LIBRARY)
    told = place.told(layer=str(tmp_path / "others"))
    assert told["shelf"] == told["pid"]
    assert told["from"] == str(tmp_path / "others" / "shelf.py")


def test_a_library_that_reads_the_environment_is_shared_only_by_those_it_is_the_same_for(
    place: Place,
) -> None:
    code = f"{LIBRARY}\nLEVEL = os.environ.get('LEVEL')\n"
    place.write(place.libraries / "shelf.py", code)
    _warm(place, LEVEL="DEBUG")
    same = place.told(LEVEL="DEBUG", ELSE="any")
    assert same["shelf"] != same["pid"]
    for other in ({"LEVEL": "INFO"}, {}):
        told = place.told(**other)
        assert told["shelf"] == told["pid"]


def test_a_library_that_starts_a_thread_is_never_shared(place: Place) -> None:
    starts = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    place.write(place.libraries / "shelf.py", f"{LIBRARY}\nimport threading\n{starts}\n")
    for _ in range(5):
        told = place.told()
        assert told["shelf"] == told["pid"]


def test_a_script_that_breaks_breaks_as_it_would(place: Place) -> None:
    environment = place.start(handler="def handler():\n    return 1\n")
    environment.say("x")
    assert environment.hear() == "X\n"
    place.write(place.folder / "broken.py", "raise SystemError('as it would')\n")
    done = subprocess.run(
        [place.python, place.folder / "broken.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "SystemError: as it would"
    assert environment.end() == 3


def test_it_ends_when_the_one_that_stands_for_it_is_killed(place: Place) -> None:
    environment = place.start()
    pid = environment.answer["pid"]
    assert pid != environment.process.pid
    environment.process.kill()
    environment.process.wait(20)
    _until(lambda: not _alive(pid))


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_the_one_that_stands_for_it_ends_as_it_was_ended(place: Place, by: signal.Signals) -> None:
    environment = place.start()
    os.kill(environment.answer["pid"], by)
    assert environment.process.wait(20) == -by
    assert environment.hear() == ""


def test_its_process_shows_whose_it_is_and_nothing_else(place: Place) -> None:
    environment = place.start(SECRET="of the function's")
    pid = environment.answer["pid"]
    assert Peers().function(pid) == "shop-Pay-1"
    shown = Path(f"/proc/{pid}/environ").read_bytes().rstrip(b"\0")
    assert shown == b"AWS_LAMBDA_FUNCTION_NAME=shop-Pay-1"
    assert environment.end() == 3


def test_one_that_is_killed_while_it_tells_what_it_loaded_harms_no_other(place: Place) -> None:
    """It writes the beginning of what it would tell, into the only pipe that isn't its own."""
    place.write(
        place.libraries / "shelf.py",
        f"""{LIBRARY}
import signal
for fd in map(int, os.listdir("/proc/self/fd")):
    try:
        if fd > 2 and os.readlink(f"/proc/self/fd/{{fd}}").startswith("pipe:"):
            os.write(fd, b'{{"modules": ["she')
            os.kill(os.getpid(), signal.SIGKILL)
    except OSError:
        pass
""",
    )
    killed = place.begun()
    assert killed.wait(20) == -signal.SIGKILL
    place.write(place.libraries / "shelf.py", LIBRARY)
    _warm(place)


def test_a_request_that_ends_in_the_middle_harms_no_other_and_its_streams_are_closed(
    place: Place,
) -> None:
    reads, writes = os.pipe()
    with socket.socket(socket.AF_UNIX) as half:
        half.connect(str(place.folder / "nursery.sock"))
        socket.send_fds(half, [(100).to_bytes(4, "big")], [writes, writes, writes])
        half.sendall(b'{"script": ')
    os.close(writes)
    assert os.read(reads, 1) == b""
    os.close(reads)
    _warm(place)


def test_without_a_nursery_python_itself_runs(place: Place) -> None:
    (place.folder / "nursery.sock").unlink()
    told = place.told()
    assert told["shelf"] == told["pid"]


def test_what_isnt_just_a_script_is_left_to_python(place: Place) -> None:
    done = subprocess.run(
        [place.python, "-c", "import sys; print(sys.argv)", "a"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "['-c', 'a']\n"

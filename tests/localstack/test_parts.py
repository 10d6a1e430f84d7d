"""The executor's smaller parts."""

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from process_executor import dynamodb, headers
from process_executor.layers import lay
from process_executor.runtime_api import RuntimeApi, Said, Word

EXECUTOR = Path(__file__).parents[2] / "localstack" / "executor"


def _layer(folder: Path, **files: str) -> Path:
    (folder / "python").mkdir(parents=True)
    for name, text in files.items():
        (folder / "python" / f"{name}.py").write_text(text)
    return folder


def test_a_function_without_layers_has_nothing_laid(tmp_path: Path) -> None:
    assert lay([], tmp_path / "opt") is None


def test_the_later_layer_wins_and_neither_is_changed(tmp_path: Path) -> None:
    first = _layer(tmp_path / "1", a="first", b="first")
    second = _layer(tmp_path / "2", b="second")
    opt = lay([first, second], tmp_path / "opt")
    assert opt is not None
    assert (opt / "python" / "a.py").read_text() == "first"
    assert (opt / "python" / "b.py").read_text() == "second"
    assert (first / "python" / "b.py").read_text() == "first"


def test_dynamodb_runs_in_memory_from_every_jar_of_the_folder() -> None:
    said = dynamodb.command(Path("/lib"), java="/bin/java", port=7, heap="256m")
    assert said[:2] == [sys.executable, "-S"]
    assert said[2].endswith("tied.py")
    assert said[3] == "/bin/java"
    assert said[said.index("-cp") + 1] == "/lib/*"
    assert "-Djava.library.path=/lib" in said
    assert said[-3:] == ["-port", "7", "-inMemory"]


def test_a_content_type_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    web = SimpleNamespace(_parseContentType=lambda line: parsed.append(line) or line.lower())
    monkeypatch.setitem(sys.modules, "twisted.web", SimpleNamespace(http=web))
    headers.patch()
    headers.patch()
    assert [web._parseContentType(b"Text/JSON") for _ in range(3)] == [b"text/json"] * 3
    assert parsed == [b"Text/JSON"]


def test_a_web_server_that_parses_none_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    web = SimpleNamespace()
    monkeypatch.setitem(sys.modules, "twisted.web", SimpleNamespace(http=web))
    headers.patch()
    assert not vars(web)


def test_a_program_that_was_tied_dies_with_whoever_started_it_by_whatever_cause() -> None:
    tied = EXECUTOR / "process_executor" / "tied.py"
    owner = subprocess.Popen(
        [sys.executable, "-c", (
            "import subprocess, sys\n"
            f"p = subprocess.Popen([sys.executable, '-S', {str(tied)!r}, 'sleep', '600'],"
            " start_new_session=True)\n"
            "print(p.pid, flush=True); sys.stdin.read()\n"
        )],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    _within_command(child, b"sleep")
    watch = os.pidfd_open(child)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)


def _within_command(pid: int, wanted: bytes) -> None:
    """Wait until it has become the program that it runs."""
    deadline = time.monotonic() + 20
    while not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(wanted):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_unknown_path_of_the_runtime_api_is_404() -> None:
    words: SimpleQueue[Word] = SimpleQueue()
    api = RuntimeApi(words)
    connection = http.client.HTTPConnection(api.address)
    try:
        connection.request("GET", "/2018-06-01/runtime/else")
        assert connection.getresponse().status == 404
    finally:
        connection.close()
        api.close()


def test_an_init_error_is_taken_with_its_body() -> None:
    words: SimpleQueue[Word] = SimpleQueue()
    api = RuntimeApi(words)
    connection = http.client.HTTPConnection(api.address)
    try:
        connection.request("POST", "/2018-06-01/runtime/init/error", json.dumps({"a": 1}))
        assert connection.getresponse().status == 202
        assert words.get(timeout=5) == Word(Said.INIT_ERROR, body=b'{"a": 1}')
    finally:
        connection.close()
        api.close()


def test_a_function_dies_with_whoever_started_it_however_that_ends(
    tmp_path: Path, functions: str
) -> None:
    (tmp_path / "app.py").write_text("handler = lambda event, context: 1")
    owner = subprocess.Popen(
        [sys.executable, "-c", (
            "import sys, pathlib\n"
            "from process_executor.sandbox import Function, Sandbox\n"
            f"s = Sandbox(Function({functions!r}, pathlib.Path({str(tmp_path)!r}), None,"
            " {'_HANDLER': 'app.handler'}, 5.0))\n"
            "s.start(); print(s.pid, flush=True); sys.stdin.read()\n"
        )],
        env={**os.environ, "PYTHONPATH": str(EXECUTOR)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    watch = os.pidfd_open(child)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)

"""One execution environment: what AWS promises of it."""

import json
import os
import select
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from process_executor.sandbox import Outcome, Sandbox

Make = Callable[..., Sandbox]

ECHO = """
    import os
    print("loading")
    def handler(event, context):
        print("handling", event)
        return {"pid": os.getpid(), "request": context.aws_request_id, "event": event}
"""


def _run(sandbox: Sandbox, event: Any = None, request: str = "r-1") -> Outcome:
    return sandbox.run(request, json.dumps(event).encode(), "arn:tried", "Root=1-2-3")


def _answer(outcome: Outcome) -> Any:
    return json.loads(outcome.payload)


def test_it_loads_before_the_first_event_and_tells_the_time_that_took(make: Make) -> None:
    sandbox = make(ECHO)
    sandbox.start()
    outcome = _run(sandbox, {"a": 1})
    assert _answer(outcome) == {"pid": sandbox.pid, "request": "r-1", "event": {"a": 1}}
    assert not outcome.failed
    before, _, after = outcome.logs.partition("START RequestId: r-1 Version: $LATEST\n")
    assert before == "loading\n"
    assert after.startswith("handling {'a': 1}\nEND RequestId: r-1\nREPORT RequestId: r-1\t")
    assert "Init Duration" in after


def test_a_warm_one_answers_from_the_same_process_and_loads_nothing(make: Make) -> None:
    sandbox = make(ECHO)
    sandbox.start()
    cold, warm = _run(sandbox), _run(sandbox, request="r-2")
    assert _answer(cold)["pid"] == _answer(warm)["pid"]
    assert "loading" not in warm.logs
    assert "Init Duration" not in warm.logs


def test_a_handler_that_raises_is_answered_with_its_error_and_goes_on(make: Make) -> None:
    sandbox = make("""
        def handler(event, context):
            if event: raise ValueError("asked to")
            return "fine"
    """)
    sandbox.start()
    outcome = _run(sandbox, True)
    assert outcome.failed
    assert _answer(outcome)["errorType"] == "ValueError"
    assert "[ERROR] ValueError: asked to\nTraceback (most recent call last):\n" in outcome.logs
    assert _answer(_run(sandbox, request="r-2")) == "fine"


def test_code_that_cannot_be_loaded_is_told_with_its_logs_and_tried_again(
    make: Make, tmp_path: Path
) -> None:
    sandbox = make('print("about to"); import nowhere_to_be_found')
    sandbox.start()
    outcome = _run(sandbox)
    assert outcome.failed
    assert _answer(outcome)["errorType"] == "Runtime.ImportModuleError"
    assert "about to" in outcome.logs
    assert "nowhere_to_be_found" in outcome.logs
    (tmp_path / "code" / "app.py").write_text("handler = lambda event, context: 'mended'")
    assert _answer(_run(sandbox, request="r-2")) == "mended"


def test_a_handler_that_takes_too_long_is_ended_at_its_time(make: Make) -> None:
    sandbox = make(
        """
        import os, time
        def handler(event, context):
            print("slow")
            time.sleep(event or 0)
            return os.getpid()
        """,
        timeout=0.5,
    )
    sandbox.start()
    first = sandbox.pid
    outcome = _run(sandbox, 60)
    assert outcome.failed
    assert _answer(outcome) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: r-1 Error: Task timed out after 0.50 seconds",
    }
    assert "slow\n" in outcome.logs
    assert "Task timed out after 0.50 seconds" in outcome.logs
    assert _answer(_run(sandbox, request="r-2")) != first


def test_time_left_is_what_the_handler_is_told(make: Make) -> None:
    sandbox = make(
        "handler = lambda event, context: context.get_remaining_time_in_millis()", timeout=7.0
    )
    sandbox.start()
    assert 5000 < _answer(_run(sandbox)) <= 7000


def test_a_process_killed_while_it_works_is_told_and_replaced(make: Make) -> None:
    sandbox = make("""
        import os, signal
        def handler(event, context):
            if event: os.kill(os.getpid(), signal.SIGKILL)
            return "fine"
    """)
    sandbox.start()
    outcome = _run(sandbox, True)
    assert outcome.failed
    assert _answer(outcome) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: r-1 Error: Runtime exited with error: signal: killed",
    }
    assert _answer(_run(sandbox, request="r-2")) == "fine"


def test_a_process_killed_while_it_waits_is_replaced_unnoticed(make: Make) -> None:
    sandbox = make(ECHO)
    sandbox.start()
    first = sandbox.pid
    assert first is not None
    watch = os.pidfd_open(first)
    os.kill(first, signal.SIGKILL)
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)
    outcome = _run(sandbox)
    assert not outcome.failed
    assert _answer(outcome)["pid"] != first


def test_six_megabytes_go_in_and_out(make: Make) -> None:
    sandbox = make("handler = lambda event, context: event")
    sandbox.start()
    event = "x" * (6 * 1024 * 1024 - 2)
    assert _answer(_run(sandbox, event)) == event


def test_an_answer_beyond_that_is_refused_in_aws_words_and_the_next_one_served(make: Make) -> None:
    sandbox = make("handler = lambda event, context: 'x' * event")
    sandbox.start()
    outcome = _run(sandbox, 7 * 1024 * 1024)
    assert outcome.failed
    assert _answer(outcome)["errorType"] == "Function.ResponseSizeTooLarge"
    assert _answer(_run(sandbox, 1, request="r-2")) == "x"


def test_it_has_its_own_environment_and_nothing_of_its_hosts(make: Make) -> None:
    os.environ["SECRET_OF_THE_HOST"] = "x"
    try:
        sandbox = make(
            "import os\nhandler = lambda event, context: dict(os.environ)", GREETING="moin"
        )
        sandbox.start()
        given = _answer(_run(sandbox))
    finally:
        del os.environ["SECRET_OF_THE_HOST"]
    assert given["GREETING"] == "moin"
    assert not set(given) & {"SECRET_OF_THE_HOST", "VIRTUAL_ENV", "_OPT", "_LIBRARIES", "_PARENT"}
    assert given["_X_AMZN_TRACE_ID"] == "Root=1-2-3"
    assert given["TMPDIR"] == given["HOME"] != os.environ.get("HOME")


def test_it_can_import_its_own_code_its_layers_and_the_runtimes_boto3_alone(
    make: Make, tmp_path: Path
) -> None:
    packages = tmp_path / "opt" / "python"
    packages.mkdir(parents=True)
    (packages / "of_a_layer.py").write_text("WHO = 'layer'")
    sandbox = make(
        """
        import importlib.util, boto3, of_a_layer
        def handler(event, context):
            return [of_a_layer.WHO, importlib.util.find_spec("localstack") is None]
        """,
        opt=tmp_path / "opt",
    )
    sandbox.start()
    assert _answer(_run(sandbox)) == ["layer", True]


def test_its_temporary_folder_goes_with_it(make: Make) -> None:
    sandbox = make("import tempfile\nhandler = lambda event, context: tempfile.mkdtemp()")
    sandbox.start()
    folder = Path(_answer(_run(sandbox)))
    assert folder.is_dir()
    sandbox.stop()
    assert not folder.exists()


def test_what_it_prints_beyond_a_megabyte_is_counted_and_never_blocks_it(make: Make) -> None:
    sandbox = make("""
        def handler(event, context):
            print("x" * 3_000_000)
            return "done"
    """)
    sandbox.start()
    outcome = _run(sandbox)
    assert _answer(outcome) == "done"
    assert len(outcome.logs) < 1_100_000
    assert "more bytes were printed" in outcome.logs


def test_stopping_ends_what_is_under_way(make: Make) -> None:
    import threading

    sandbox = make("""
        import time
        def handler(event, context):
            time.sleep(60)
    """, timeout=100)  # fmt: skip
    sandbox.start()
    outcomes: list[Outcome] = []
    running = threading.Thread(target=lambda: outcomes.append(_run(sandbox)))
    running.start()
    sandbox.stop()
    running.join(20)
    assert outcomes[0].failed
    assert sandbox.pid is None


@pytest.mark.parametrize("apart", [False, True])
def test_what_its_environment_has_python_run_first_is_run_first(
    make: Make, functions: str, tmp_path: Path, apart: bool
) -> None:
    asked = [functions, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    libraries = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; before = 'awslambdaric' not in sys.modules"
    )
    sandbox = make(
        """
        import sys
        def handler(event, context):
            return sys.modules["sitecustomize"].before
        """,
        libraries=libraries if apart else None,
        PYTHONPATH=str(tmp_path),
    )
    assert _answer(_run(sandbox)) is True

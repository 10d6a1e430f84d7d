from pathlib import Path

from harness.observe.processes import Processes

ENDPOINT = "http://127.0.0.1:4700"


def _process(proc: Path, pid: int, *environment: str) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "environ").write_bytes(b"\0".join(x.encode() for x in environment) + b"\0")


def test_each_process_of_a_function_is_an_execution_environment(tmp_path: Path) -> None:
    ours = f"AWS_ENDPOINT_URL={ENDPOINT}"
    _process(tmp_path, 1, "HOME=/root")
    _process(tmp_path, 2, ours, "AWS_LAMBDA_FUNCTION_NAME=s-Pay-1")
    _process(tmp_path, 3, ours, "AWS_LAMBDA_FUNCTION_NAME=s-Pay-1")
    _process(tmp_path, 4, "AWS_ENDPOINT_URL=http://other", "AWS_LAMBDA_FUNCTION_NAME=s-Pay-1")
    processes = Processes(ENDPOINT, {"Pay": "s-Pay-1"}, proc=tmp_path)
    assert processes.count() == {"Pay": 2}
    assert processes.function_of(3) == "Pay"
    assert processes.function_of(99) is None


def test_a_process_that_ended_still_counts(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    proc.mkdir()
    ours = (f"AWS_ENDPOINT_URL={ENDPOINT}", "AWS_LAMBDA_FUNCTION_NAME=s-Pay-1")
    _process(proc, 2, *ours)
    processes = Processes(ENDPOINT, {"Pay": "s-Pay-1"}, proc=proc)
    processes.look()
    (proc / "2").rename(tmp_path / "gone")
    _process(proc, 3, *ours)
    assert processes.count() == {"Pay": 2}


def test_where_there_is_no_proc_none_are_seen(tmp_path: Path) -> None:
    assert Processes(ENDPOINT, {"Pay": "p"}, proc=tmp_path / "none").count() == {}

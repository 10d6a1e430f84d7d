import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Header, History, Record
from harness.recorder import HistoryError, Recorder, Redaction, read_history

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


class Clock:
    """Time that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "history.jsonl"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(path: Path, clock: Clock) -> Recorder:
    return Recorder(path, Header(run="r1", seed=7), clock=clock)


def _lines(history: History) -> list[bytes]:
    return [record.line() for record in history]


def test_a_call_is_two_records_on_one_clock_that_starts_at_zero(
    recorder: Recorder, clock: Clock
) -> None:
    call = recorder.invoke("client", "GET /things", value={"path": {}})
    clock.now += 1.5
    recorder.complete(call, "ok", key="t1", value={"status": 200})
    begun, ended = recorder.history.records
    assert (begun.kind, begun.at, begun.key) == ("invoke", 0.0, None)
    assert (ended.kind, ended.at, ended.key) == ("ok", 1.5, "t1")
    assert begun.call == ended.call


def test_each_line_is_in_the_file_as_soon_as_it_happened(recorder: Recorder, path: Path) -> None:
    recorder.observe("order.status", key="a", value={"to": "NEW"})
    assert _lines(read_history(path)) == _lines(recorder.history)


def test_the_file_gives_back_what_was_recorded(recorder: Recorder, path: Path) -> None:
    with recorder.case("c#1"):
        call = recorder.invoke("double", "pay.charge", key="a", value={"count": 1}, fault="f")
        recorder.complete(call, "info", value={"status": None})
    recorder.close()
    again = read_history(path)
    assert again.header == recorder.header
    assert _lines(again) == _lines(recorder.history)


def test_a_last_line_that_was_cut_short_is_dropped(recorder: Recorder, path: Path) -> None:
    for key in ("a", "ü"):
        recorder.observe("order.status", key=key)
    recorder.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index("ü".encode()) + 1])
    assert [r.key for r in read_history(path)] == ["a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is empty"), ("hello\n", ":1 is not the header"), ('{"format": 99}\n', "format 99")],
)
def test_a_file_that_is_no_history_is_told_with_its_line(path: Path, text: str, says: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(HistoryError, match=says):
        read_history(path)


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(HistoryError, match="cannot read"):
        read_history(path)


def test_a_line_that_was_damaged_in_the_middle_is_told_with_its_number(
    recorder: Recorder, path: Path
) -> None:
    recorder.observe("a")
    recorder.observe("b")
    recorder.close()
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "damaged", lines[2]]))
    with pytest.raises(HistoryError, match=":2 is not a record"):
        read_history(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | ANY_TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
        max_leaves=6,
    )
)  # fmt: skip
def test_whatever_a_stranger_sends_can_be_written_and_read_again(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    path = tmp_path_factory.mktemp("any") / "history.jsonl"
    recorder = Recorder(path, Header())
    recorder.observe("x", key=str(value)[:20], value={"body": value})
    recorder.observe("y", key="\ud800")
    recorder.close()
    first, second = read_history(path)
    assert (first.name, second.name) == ("x", "y")
    assert first.value == Redaction()({"body": value})


def test_a_number_too_wide_for_a_line_is_told_by_its_size() -> None:
    assert Redaction()({"count": 2**63}) == {"count": "<int of 64 bits>"}
    assert Redaction()({"count": -(2**63)}) == {"count": -(2**63)}


def test_a_line_damaged_within_its_value_is_no_record(recorder: Recorder, path: Path) -> None:
    recorder.observe("a", value={"count": 1})
    recorder.observe("b")
    recorder.close()
    path.write_bytes(path.read_bytes().replace(b'"count":1', b'"count"1'))
    with pytest.raises(HistoryError, match=":2 is not a record"):
        read_history(path)


def test_a_record_belongs_to_the_running_case(recorder: Recorder) -> None:
    with recorder.case("c#1"):
        recorder.observe("x")
    recorder.observe("y")
    assert [r.cases for r in recorder.history] == [("c#1",), ()]


def test_a_key_stays_with_the_case_that_claimed_it_first(recorder: Recorder) -> None:
    with recorder.case("c#1"):
        recorder.observe("order.status", key="a")
    with recorder.case("c#2"):
        recorder.observe("order.status", key="a")
        recorder.observe("order.status", key="b")
    assert [r.cases for r in recorder.history] == [("c#1",), ("c#1",), ("c#2",)]


def test_a_call_whose_key_only_the_answer_tells_claims_it_for_its_case(recorder: Recorder) -> None:
    with recorder.case("c#1"):
        call = recorder.invoke("client", "POST /orders")
    with recorder.case("c#2"):
        recorder.complete(call, "ok", key="a")
        recorder.observe("order.status", key="a")
    assert {r.cases for r in recorder.history} == {("c#1",)}


def test_who_waits_is_woken_by_the_next_record(path: Path) -> None:
    recorder = Recorder(path, Header())
    later = threading.Timer(0.01, recorder.observe, ["x"])
    later.start()
    assert recorder.await_more(0, 10)
    assert not recorder.await_more(1, 0)
    later.join()


def test_many_threads_write_whole_lines(path: Path) -> None:
    recorder = Recorder(path, Header())

    def work(n: int) -> None:
        for _ in range(50):
            recorder.complete(recorder.invoke("client", f"op {n}", value={"count": n}), "ok")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    calls = read_history(path).calls
    assert len(calls) == 200
    assert all(c.end is not None for c in calls)


def test_nothing_is_written_after_the_end(recorder: Recorder, path: Path) -> None:
    recorder.close()
    before = path.read_bytes()
    recorder.observe("late")
    assert path.read_bytes() == before


class TestRedaction:
    def test_keeps_what_is_allowed_and_hides_what_is_new(self) -> None:
        redact = Redaction.allowing(["orderId"])
        assert redact({"orderId": "o-1", "email": "a@b.c", "age": 5, "status": 200}) == {
            "orderId": "o-1", "email": "<str 5>", "age": "<number>", "status": 200,
        }  # fmt: skip

    def test_looks_into_lists_and_hidden_objects(self) -> None:
        redact = Redaction.allowing(["amount"])
        assert redact({"lines": [{"amount": 1, "note": "x"}, "free text"]}) == {
            "lines": [{"amount": 1, "note": "<str 1>"}, "<str 9>"]
        }

    def test_knows_headers_whatever_their_case(self) -> None:
        assert Redaction()({"headers": {"Retry-After": "3", "Cookie": "x"}}) == {
            "headers": {"Retry-After": "3", "Cookie": "<str 1>"}
        }

    def test_cuts_what_is_long(self) -> None:
        assert Redaction()({"title": "x" * 1000})["title"].endswith("… (1000 characters)")

    def test_a_recorder_redacts(self, path: Path) -> None:
        recorder = Recorder(path, Header())
        recorder.observe("x", value={"password": "hunter2"})
        recorder.close()
        assert "hunter2" not in path.read_text()


def test_records_refuse_fields_they_do_not_know() -> None:
    with pytest.raises(TypeError, match="colour"):
        Record(call=1, kind="ok", at=0, feed="wire", name="x", colour="red")  # type: ignore[call-arg]

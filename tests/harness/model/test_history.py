from harness.model import Call, Header, History, Kind, Record


def record(
    call: int, kind: Kind = "ok", name: str = "x", key: str | None = None, *cases: str
) -> Record:
    return Record(call=call, kind=kind, at=call, feed="client", name=name, key=key, cases=cases)


def of(*records: Record) -> History:
    return History(Header(), records)


def test_a_call_is_paired_with_its_completion() -> None:
    history = of(record(1, "invoke"), record(2, "invoke"), record(1, "fail"), record(3))
    assert [(c.start.call, c.outcome) for c in history.calls] == [(1, "fail"), (2, "info")]


def test_an_open_call_may_have_happened_and_took_no_known_time() -> None:
    call = Call(record(1, "invoke"), None)
    assert (call.outcome, call.seconds, call.key) == ("info", None, None)


def test_a_call_knows_the_key_that_only_its_answer_told() -> None:
    assert Call(record(1, "invoke"), record(1, "ok", "x", "a")).key == "a"


def test_records_are_found_by_what_they_have() -> None:
    history = of(record(1, name="a", key="k"), record(2, name="b", key="k"), record(3, name="a"))
    assert [r.call for r in history.select(name="a")] == [1, 3]
    assert [r.call for r in history.select(key="k", feed="client")] == [1, 2]
    assert [r.call for r in history.by_name["a"]] == [1, 3]


def test_the_calls_of_one_operation_are_found() -> None:
    history = of(
        record(1, "invoke", "a"), record(2, "invoke", "b"), record(1, name="a"), record(3, name="a")
    )
    assert [c.start.call for c in history.calls_of("a")] == [1]
    assert list(history.calls_of("nothing")) == []


def test_a_view_is_made_once() -> None:
    made: list[int] = []
    history = of(record(1))
    for _ in range(2):
        assert history.view("size", lambda: made.append(1) or len(history)) == 1  # type: ignore[func-returns-value]
    assert made == [1]


def test_around_a_case_is_all_that_happened_meanwhile() -> None:
    records = [record(n, "ok", "x", None, f"c#{n % 2}") for n in range(1, 7)]
    part = of(*records).of_cases(["c#0"])
    assert [r.call for r in part] == [2, 4, 6]
    assert [r.call for r in part.around] == [2, 3, 4, 5, 6]
    assert of(*records).around == of(*records)


def test_the_part_of_a_case_has_its_records_and_those_of_its_keys() -> None:
    history = of(
        record(1, "invoke", "x", None, "c#1"),
        record(1, "ok", "x", "a", "c#1"),
        record(2, "ok", "y", "a"),
        record(3, "ok", "y", "b", "c#2"),
        record(4, "ok", "z"),
    )
    assert [r.call for r in history.of_cases(["c#1"])] == [1, 1, 2]
    assert [r.call for r in history.of_cases(["c#2"])] == [3]

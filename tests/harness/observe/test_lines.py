import json

from harness.observe.lines import readable


def test_a_structured_line_loses_its_boilerplate_and_keeps_what_it_says() -> None:
    line = json.dumps(
        {"level": "WARNING", "location": "pay:30", "message": "declined", "service": "shop",
         "timestamp": "2026-01-01", "function_name": "Pay", "orderId": "o-1", "attempt": 2}
    )  # fmt: skip
    assert list(readable([line])) == ["WARNING declined orderId=o-1 attempt=2"]


def test_its_exception_is_told_line_by_line() -> None:
    line = json.dumps({"level": "ERROR", "message": "no", "exception": "Traceback\nValueError: 1"})
    assert list(readable([line])) == ["ERROR no", "Traceback", "ValueError: 1"]


def test_libraries_read_as_in_a_layer() -> None:
    line = '  File "/home/me/.cache/stageproof/libraries/0a1b/jwt/api.py", line 3, in load'
    assert list(readable([line])) == ['  File "/opt/python/jwt/api.py", line 3, in load']


def test_other_lines_stay_as_they_are() -> None:
    lines = ["plain", "{not json", '{"no": "message"}', "[1]"]
    assert list(readable(lines)) == lines

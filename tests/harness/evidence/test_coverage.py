"""What of the contracts was seen."""

from typing import Any

from harness.evidence.coverage import coverage
from harness.model import Header, History, Kind, Record


def history(*answers: tuple[str, Kind, dict[str, Any]]) -> History:
    records = tuple(
        Record(call=n, kind=kind, at=float(n), feed="client", name=name, held=value)
        for n, (name, kind, value) in enumerate(answers, 1)
    )  # fmt: skip
    return History(Header(), records)


def seen(documented: str, *answers: tuple[str, Kind, dict[str, Any]]) -> dict[str, int]:
    outcomes = ("ok", "NOT_FOUND", "LATER")
    (found,) = coverage(
        {documented: outcomes}, {documented: ("LATER",)}, [history(*answers)]
    ).operations
    return found.seen


def test_a_fields_outcome_is_ok_or_its_first_errors_code() -> None:
    answers: tuple[tuple[str, Kind, dict[str, Any]], ...] = (
        ("query order", "ok", {"status": 200, "errors": []}),
        ("query order", "fail", {"status": 200, "errors": [{"errorType": "NOT_FOUND"}]}),
        ("query order", "fail", {"status": 200, "outcome": "NOT_FOUND"}),
        ("query orders", "ok", {"status": 200}),
        ("query order", "info", {"reason": "ReadTimeout"}),
    )
    assert seen("Query.order", *answers) == {"ok": 1, "NOT_FOUND": 2}


def test_subscribing_is_what_counts_of_a_subscription() -> None:
    answers: tuple[tuple[str, Kind, dict[str, Any]], ...] = (
        ("subscribe onOrder", "ok", {"subscriber": 3}),
        ("subscription onOrder", "ok", {"body": {}}),
    )
    assert seen("Subscription.onOrder", *answers) == {"ok": 1, "NOT_FOUND": 0}


def test_what_only_a_fault_brings_about_counts_where_it_was_seen() -> None:
    late = {"errors": [{"errorType": "LATER"}]}
    assert seen("Query.order", ("query order", "fail", late))["LATER"] == 1

from io import StringIO

from rich.console import Console, Group

from harness.model import Admission, UnitResult, Verdict
from harness.report.admissions import admissions

IN, OUT = Admission(outcome="200", met=True), Admission(outcome="401", met=True)
LEAK = Admission(outcome="200", met=False)


def shown(**rows: dict[str, Admission]) -> list[str]:
    results = [
        UnitResult(
            unit=f"api.yaml::{name}::identities", title=name, kind="identities",
            verdict=Verdict.PASS, admissions=found,
        )
        for name, found in rows.items()
    ]  # fmt: skip
    console = Console(file=StringIO(), width=100)
    console.print(Group(*admissions(results)))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_the_owner_comes_first_and_the_kinds_of_caller_are_columns() -> None:
    *_, head, row, _ = shown(order={"expired": OUT, "none": OUT, "owner": IN})
    assert head.split() == ["WHO", "IS", "LET", "IN", "owner", "none", "expired"]
    assert row.split() == ["order", "✔", "✔", "✔"]


def test_who_was_let_in_and_should_not_have_been_stands_out() -> None:
    *_, row, _ = shown(order={"owner": IN, "other customer": LEAK})
    assert row.split() == ["order", "✔", "✘"]


def test_whom_an_operation_does_not_know_is_no_hole_but_a_dot() -> None:
    *_, order, product, _ = shown(order={"owner": IN, "other": OUT}, product={"owner": IN})
    assert (order.split(), product.split()) == (["order", "✔", "✔"], ["product", "✔", "·"])


def test_what_they_were_answered_is_listed_once() -> None:
    assert shown(order={"owner": IN, "none": OUT, "expired": OUT})[-1] == (
        "  3 kinds of caller tried · they were answered 401"
    )


def test_where_nothing_is_secured_there_is_no_table() -> None:
    assert list(admissions([])) == []

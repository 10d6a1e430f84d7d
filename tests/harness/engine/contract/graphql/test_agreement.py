from typing import Any

import pytest

from harness.engine.contract.graphql.agreement import differences


def compared(rest: Any, graphql: Any) -> tuple[list[str], list[str]]:
    seen: list[str] = []
    return [path for path, _ in differences(rest, graphql, "", seen)], seen


@pytest.mark.parametrize(
    ("rest", "graphql", "path"),
    [
        ({"a": 1}, {"a": 2}, "a"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "a.b[]"),
        ({"a": [1]}, {"a": [1, 2]}, "a"),
        ({"a": None}, {"a": 1}, "a"),
        ({"orders": [{"id": "x"}]}, {"nodes": [{"id": "y"}], "next": None}, "nodes[].id"),
    ],
)
def test_another_value_of_the_same_name_is_a_difference(rest: Any, graphql: Any, path: str) -> None:
    assert compared(rest, graphql)[0] == [path]


def test_what_only_one_of_them_has_is_not_compared() -> None:
    assert compared({"a": 1, "b": 2}, {"a": 1, "c": None}) == ([], ["a"])


def test_whole_numbers_are_the_same_however_they_are_written() -> None:
    assert compared({"a": 1.0}, {"a": 1})[0] == []

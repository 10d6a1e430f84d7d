"""The lifecycle is a well-formed graph, and the other contracts speak of the same states."""

from collections.abc import Iterable, Mapping
from typing import Any


def reach(start: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    seen, todo = set(), list(start)
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += edges.get(state, set())
    return seen


def graph(lifecycle: Mapping[str, Any], turned: bool = False) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for step in lifecycle["steps"]:
        a, b = (step["to"], step["from"]) if turned else (step["from"], step["to"])
        edges.setdefault(a, set()).add(b)
    return edges


def test_steps_join_known_states(lifecycle: dict[str, Any]) -> None:
    named = {state for step in lifecycle["steps"] for state in (step["from"], step["to"])}
    assert named == set(lifecycle["states"])
    assert lifecycle["initial"] in named
    assert set(lifecycle["final"]) <= named


def test_every_state_can_be_reached(lifecycle: dict[str, Any]) -> None:
    assert reach([lifecycle["initial"]], graph(lifecycle)) == set(lifecycle["states"])


def test_every_state_can_still_end(lifecycle: dict[str, Any]) -> None:
    assert reach(lifecycle["final"], graph(lifecycle, turned=True)) == set(lifecycle["states"])


def test_a_final_state_is_never_left_and_no_other_is_a_dead_end(lifecycle: dict[str, Any]) -> None:
    left = set(graph(lifecycle))
    assert left == set(lifecycle["states"]) - set(lifecycle["final"])


def test_no_step_stays_or_is_listed_twice(lifecycle: dict[str, Any]) -> None:
    steps = [(s["from"], s["to"], s["by"]) for s in lifecycle["steps"]]
    assert len(steps) == len(set(steps))
    assert all(a != b for a, b, _ in steps)


def test_nothing_is_fulfilled_unpaid(lifecycle: dict[str, Any]) -> None:
    assert {s["from"] for s in lifecycle["steps"] if s["to"] == "FULFILLED"} == {"PAID"}


def test_rest_and_events_speak_of_the_same_states(
    lifecycle: dict[str, Any], openapi: dict[str, Any], asyncapi: dict[str, Any]
) -> None:
    states = set(lifecycle["states"])
    assert set(openapi["components"]["schemas"]["OrderStatus"]["enum"]) == states
    assert set(asyncapi["components"]["schemas"]["Status"]["enum"]) == states


def test_the_work_that_states_are_due_is_the_work_that_queues_carry(
    lifecycle: dict[str, Any], asyncapi: dict[str, Any]
) -> None:
    due = {kind for state in lifecycle["states"].values() for kind in state["due"]}
    assert due == set(asyncapi["components"]["schemas"]["Step"]["enum"])

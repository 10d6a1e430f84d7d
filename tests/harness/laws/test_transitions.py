from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.laws import Graph, graph, legal_transitions, read_graph
from harness.model import History, Verdict
from harness.specs import ContractError
from tests.harness.laws.telling import Telling, the_finding, titles

GRAPH = graph(["NEW"], ["DONE"], {"NEW": ["OPEN"], "OPEN": ["DONE", "NEW"]})
LAW = legal_transitions("order.status", GRAPH)


def test_passes_a_life_along_the_graph() -> None:
    judged = LAW.judge(Telling().life("a", "NEW", "OPEN", "NEW", "OPEN", "DONE").history)
    assert judged.verdict is Verdict.PASS
    assert judged.saw == 5


def test_passes_writes_that_leave_the_state_alone() -> None:
    told = Telling().life("a", "NEW", "OPEN").step("a", 3, "OPEN", "OPEN")
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_passes_a_life_that_was_only_seen_from_its_middle() -> None:
    told = Telling().step("a", 0, "OPEN", "DONE", version=7)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_fails_a_step_that_is_not_in_the_graph() -> None:
    found = the_finding(LAW.judge(Telling().life("a", "NEW", "DONE").history))
    assert found.title == "order a: NEW → DONE is not a legal step"
    assert "NEW → DONE (version 2)" in found.detail
    assert found.keys == ("a",)


def test_fails_a_beginning_in_another_state() -> None:
    assert "began in OPEN" in titles(LAW.judge(Telling().life("a", "OPEN").history))


def test_fails_a_version_that_is_skipped() -> None:
    told = Telling().life("a", "NEW").step("a", 1, "NEW", "OPEN", version=3)
    assert "version 1 was followed by 3" in the_finding(LAW.judge(told.history)).title


def test_fails_a_write_that_does_not_raise_the_version() -> None:
    told = Telling().life("a", "NEW").step("a", 1, "NEW", "OPEN", version=1)
    assert "version 1 was followed by 1" in the_finding(LAW.judge(told.history)).title


def test_fails_changes_that_are_seen_out_of_order() -> None:
    told = Telling().life("a", "NEW", "OPEN").step("a", 3, "NEW", "OPEN")
    assert "was OPEN, but the next change seen starts from NEW" in titles(LAW.judge(told.history))


def test_fails_the_removal_of_an_entity_that_is_not_final() -> None:
    told = Telling().life("a", "NEW", "OPEN").step("a", 3, "OPEN", None)
    assert "removed while OPEN" in the_finding(LAW.judge(told.history)).title


def test_passes_the_removal_of_a_final_entity() -> None:
    told = Telling().life("a", "NEW", "OPEN", "DONE").step("a", 3, "DONE", None)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_one_finding_stands_for_all_breaches_of_one_shape() -> None:
    told = Telling()
    for key in "abc":
        told.life(key, "NEW", "DONE")
    found = the_finding(LAW.judge(told.history))
    assert found.seen == 3
    assert found.keys == ("a", "b", "c")


def test_is_unknown_when_nothing_was_observed() -> None:
    judged = LAW.judge(Telling().history)
    assert judged.verdict is Verdict.UNKNOWN
    assert "no order.status was observed" in judged.why


@st.composite
def lawful(draw: st.DrawFn) -> History:
    """Walks along the graph, of several orders, interleaved."""
    told = Telling()
    following: dict[str, list[str]] = {}
    for a, b in GRAPH.steps:
        following.setdefault(a, []).append(b)
    for key in draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)):
        state, at = "NEW", draw(st.floats(0, 10))
        told.step(key, at, None, state)
        for _ in range(draw(st.integers(0, 8))):
            if state not in following:
                break
            before, state = state, draw(st.sampled_from(following[state]))
            at += draw(st.floats(0.001, 5))
            told.step(key, at, before, state)
    return told.history


@given(lawful())
def test_every_walk_along_the_graph_passes(history: History) -> None:
    assert LAW.judge(history).verdict is Verdict.PASS


@given(lawful(), st.data())
def test_a_lost_change_in_the_middle_of_a_life_fails(history: History, data: st.DataObject) -> None:
    inner = [
        r.call
        for r in history
        if any(o.key == r.key and o.at < r.at for o in history)
        and any(o.key == r.key and o.at > r.at for o in history)
    ]
    if inner:
        lost = data.draw(st.sampled_from(inner))
        assert LAW.judge(history.only(lambda r: r.call != lost)).verdict is Verdict.FAIL


def test_reads_the_graph_of_a_lifecycle_contract(tmp_path: Path) -> None:
    path = tmp_path / "life.yaml"
    path.write_text(
        "initial: A\nfinal: [B]\nstates: {A: {}, B: {}}\n"
        "steps: [{from: A, to: B, why: x}, {from: A, to: B, why: y}]\n"
    )
    assert read_graph(path) == Graph(initial=("A",), final=("B",), steps=(("A", "B"),))


def test_says_what_is_wrong_with_a_file_that_is_no_lifecycle(tmp_path: Path) -> None:
    path = tmp_path / "life.yaml"
    path.write_text("states: []\n")
    with pytest.raises(ContractError, match="steps"):
        read_graph(path)

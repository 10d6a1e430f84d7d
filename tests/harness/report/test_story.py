from harness.model import Finding
from harness.report.story import story
from tests.harness.laws.telling import Telling


def lines(told: Telling, *findings: Finding) -> list[str]:
    return list(story(told.history, findings))


def test_neighbours_that_differ_in_whom_they_are_about_alone_are_one_line() -> None:
    told = Telling().call("POST /orders", 1, key="id-of-a", status=202)
    told.call("POST /orders", 2, key="id-of-b", status=202)
    assert lines(told) == ["1  #1, #2 ← POST /orders 202"]


def test_a_fault_stands_where_it_fired() -> None:
    told = Telling().call("POST /orders", 1, key="a", status=202)
    told.call("bank.charge", 2, "info", key="a", feed="double", fault="bank.charge #1 after lose")
    told.step("a", 3, "NEW", "PAID")
    assert lines(told) == [
        "1  #1 ← POST /orders 202",
        "2  #1 ⚡ bank.charge #1 after lose: bank.charge no answer",
        "3  #1 NEW → PAID",
    ]


def test_effects_at_a_third_party_are_told_and_its_calls_are_not() -> None:
    told = Telling().call("bank.charge", 1, key="a", feed="double")
    told.saw("bank.charged", 2, "a", "double", reference="r1")
    assert lines(told) == ["1  #1 bank.charged"]


def test_writes_that_change_no_state_and_the_harness_s_marks_are_left_out() -> None:
    assert lines(Telling().step("a", 1, "NEW", "NEW").settled(2)) == []


def test_the_broken_law_comes_last_in_the_story_s_own_names() -> None:
    told = Telling().call("POST /orders", 1, key="id-of-a", status=202)
    found = Finding(law="one charge", title="order id-of-a was charged twice")
    assert lines(told, found)[-1] == "2  ✘ one charge: order #1 was charged twice"

from harness.laws import answers_within, from_parameter, nothing_lost, settles
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

SUBMIT = "POST /orders"
LOST = nothing_lost(SUBMIT, ("DONE",), entity="order.status", visible=("HELP",), patience=10)
SETTLES = settles("order.status", ("DONE", "HELP"), 5)
ANSWERS = answers_within(SUBMIT, ("OPEN", "HELP"), 2, entity="order.status")


def submitted(key: str = "a") -> Telling:
    return Telling().call(SUBMIT, 0, key=key, status=202)


class TestNothingLost:
    def test_passes_what_ends_finally_or_where_people_look(self) -> None:
        told = submitted("a").life("a", "NEW", "DONE")
        told.call(SUBMIT, 0, key="b").life("b", "NEW", "HELP")
        judged = LOST.judge(told.settled(9).history)
        assert judged.verdict is Verdict.PASS
        assert judged.saw == 2

    def test_fails_an_accepted_order_that_was_never_seen(self) -> None:
        found = the_finding(LOST.judge(submitted().settled(1).history))
        assert "order a was accepted by POST /orders at 0.000 s and never seen" in found.title

    def test_fails_an_order_that_stays_on_its_way(self) -> None:
        told = submitted().life("a", "NEW", "OPEN").settled(3)
        found = the_finding(LOST.judge(told.history))
        assert "order a is stuck in OPEN since 1.000 s" in found.title

    def test_fails_an_order_that_is_removed_on_its_way(self) -> None:
        told = submitted().life("a", "NEW").step("a", 1, "NEW", None).settled(3)
        assert "was removed" in the_finding(LOST.judge(told.history)).title

    def test_fails_without_the_engines_mark_once_its_patience_is_over(self) -> None:
        told = submitted().life("a", "NEW").saw("else", 11)
        assert LOST.judge(told.history).verdict is Verdict.FAIL

    def test_leaves_open_what_a_killed_run_did_not_see_to_its_end(self) -> None:
        judged = LOST.judge(submitted().life("a", "NEW").saw("else", 5).history)
        assert judged.verdict is Verdict.PASS
        assert judged.undecided == ("a",)

    def test_does_not_trust_a_mark_that_says_busy(self) -> None:
        judged = LOST.judge(submitted().life("a", "NEW").settled(5, quiet=False).history)
        assert judged.undecided == ("a",)

    def test_an_answer_that_never_came_promised_nothing(self) -> None:
        told = submitted().call(SUBMIT, 0, "info", key="b").call(SUBMIT, 0, None, key="c")
        told.life("a", "NEW", "DONE").settled(9)
        assert LOST.judge(told.history).verdict is Verdict.PASS

    def test_is_unknown_when_nothing_was_accepted(self) -> None:
        judged = LOST.judge(Telling().call(SUBMIT, 0, "fail", status=400).history)
        assert judged.verdict is Verdict.UNKNOWN


class TestSettles:
    def test_passes_what_gets_there_in_time(self) -> None:
        assert SETTLES.judge(Telling().life("a", "NEW", "DONE").history).verdict is Verdict.PASS

    def test_fails_what_gets_there_late(self) -> None:
        told = Telling().life("a", "NEW", "DONE", apart=6)
        judged = SETTLES.judge(told.history)
        assert "took 6.0 s to DONE or HELP; promised were 5 s" in titles(judged)

    def test_fails_what_never_gets_there(self) -> None:
        told = Telling().life("a", "NEW").saw("else", 5.1)
        assert "still NEW after 5.1 s" in titles(SETTLES.judge(told.history))

    def test_fails_at_once_when_nothing_is_under_way_any_more(self) -> None:
        told = Telling().life("a", "NEW").settled(1)
        assert "nothing is under way" in titles(SETTLES.judge(told.history))

    def test_counts_from_when_the_faults_were_healed(self) -> None:
        told = Telling().life("a", "NEW", "DONE", apart=6).saw("case.healed", 4)
        assert SETTLES.judge(told.history).verdict is Verdict.PASS

    def test_taking_faults_away_afterwards_excuses_nothing(self) -> None:
        told = Telling().life("a", "NEW", "DONE", apart=6).saw("case.healed", 8)
        assert SETTLES.judge(told.history).verdict is Verdict.FAIL

    def test_counts_from_a_state_and_leaves_alone_who_never_was_in_it(self) -> None:
        law = settles("order.status", ("DONE",), 2, starting="PAID")
        told = Telling().life("a", "NEW", "PAID", "DONE").life("b", "NEW", "OPEN").settled(99)
        judged = law.judge(told.history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_takes_its_time_from_the_stacks_parameter(self) -> None:
        law = settles("order.status", ("DONE",), from_parameter("Wait", times=2, plus=1))
        slow = Telling(Wait="3").life("a", "NEW", "DONE", apart=6)
        assert law.judge(slow.history).verdict is Verdict.PASS

    def test_is_unknown_when_nothing_was_observed(self) -> None:
        assert SETTLES.judge(Telling().history).verdict is Verdict.UNKNOWN


class TestAnswersWithin:
    def test_passes_an_answer_in_time(self) -> None:
        assert ANSWERS.judge(submitted().life("a", "NEW", "OPEN").history).verdict is Verdict.PASS

    def test_fails_a_late_answer(self) -> None:
        told = submitted().life("a", "NEW", "OPEN", apart=3)
        found = the_finding(ANSWERS.judge(told.history))
        assert "took 3.0 s from POST /orders to OPEN or HELP; promised were 2 s" in found.title

    def test_the_same_may_be_asked_by_several_operations(self) -> None:
        law = answers_within((SUBMIT, "mutation submit"), ("OPEN",), 2, entity="order.status")
        told = submitted("a").life("a", "NEW", "OPEN").call("mutation submit", 0, key="b")
        found = the_finding(law.judge(told.life("b", "NEW", "OPEN", apart=3).history))
        assert "order b took 3.0 s from mutation submit" in found.title

    def test_fails_an_answer_that_never_comes(self) -> None:
        assert "never got" in titles(ANSWERS.judge(submitted().settled(4).history))

    def test_leaves_open_what_still_has_time(self) -> None:
        assert ANSWERS.judge(submitted().saw("else", 1).history).undecided == ("a",)

    def test_is_unknown_when_nothing_was_accepted(self) -> None:
        assert ANSWERS.judge(Telling().history).verdict is Verdict.UNKNOWN

import pytest

from harness.laws import heard
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

HEARD = heard("onMoved", "POST /orders", 5, entity="order.status")
ADA, OBI = 1, 2
"""Subscribers, by the numbers of their subscribing."""


def shop(*, obi: bool = False) -> Telling:
    """Ada subscribes at 1 s and makes order a at 2 s, which moves at 3, 4 and 5 s."""
    told = Telling()
    told.call("subscribe onMoved", 0.9, took=0.1, asked={"identity": "ada"}, subscriber=ADA)
    if obi:
        told.call("subscribe onMoved", 0.9, took=0.1, asked={"identity": "obi"}, subscriber=OBI)
    told.call("POST /orders", 2, key="a", asked={"identity": "ada"}, status=202)
    told.life("a", "NEW", "LINKED", "PAID", at=3, apart=1)
    return told


def message(
    told: Telling, at: float, version: int, state: str, before: str | None, who: int = ADA
) -> Telling:
    body = {"version": version, "status": state, "previousStatus": before}
    return told.saw("subscription onMoved", at, "a", "client", subscriber=who, body=body)


def heard_all(told: Telling, late: float = 0.1) -> Telling:
    message(told, 3 + late, 1, "NEW", None)
    message(told, 4 + late, 2, "LINKED", "NEW")
    return message(told, 5 + late, 3, "PAID", "LINKED")


def shown(told: Telling, at: float, version: int) -> Telling:
    return told.saw("followed onMoved", at, "a", "client", subscriber=ADA, sequence=version)


class TestHeard:
    def test_passes_when_every_change_is_heard_in_order(self) -> None:
        judged = HEARD.judge(heard_all(shop()).settled(20).history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 3)

    def test_repeats_are_lawful(self) -> None:
        told = message(message(heard_all(shop()), 6, 2, "LINKED", "NEW"), 6.1, 3, "PAID", "LINKED")
        assert HEARD.judge(told.settled(20).history).verdict is Verdict.PASS

    def test_fails_a_change_that_is_never_heard(self) -> None:
        told = message(message(shop(), 3.1, 1, "NEW", None), 4.1, 2, "LINKED", "NEW").settled(20)
        found = the_finding(HEARD.judge(told.history))
        assert found.title == "ada heard never that order a became PAID (version 3)"

    def test_waits_for_what_may_still_be_heard(self) -> None:
        told = message(message(shop(), 3.1, 1, "NEW", None), 4.1, 2, "LINKED", "NEW")
        assert HEARD.judge(told.saw("else", 9).history).undecided == ("a",)

    def test_fails_a_change_that_is_heard_late(self) -> None:
        found = the_finding(HEARD.judge(heard_all(shop(), late=6).settled(30).history))
        assert "6.0 s late" in found.title

    def test_a_fault_that_fires_meanwhile_starts_the_time_anew(self) -> None:
        told = shop().call("mutation publish", 7, "info", key="a", fault="appsync.publish #1 reset")
        assert HEARD.judge(heard_all(told, late=6).settled(30).history).verdict is Verdict.PASS

    def test_after_a_fault_the_event_source_may_take_its_time_to_try_again(self) -> None:
        told = shop().call("mutation publish", 5.5, "info", key="a", fault="appsync.publish #1")
        assert HEARD.judge(heard_all(told, late=8.4).settled(30).history).verdict is Verdict.PASS

    def test_who_left_before_the_new_time_was_over_is_owed_nothing(self) -> None:
        told = shop().call("mutation publish", 7, "info", key="a", fault="appsync.publish #1 reset")
        told.saw("left onMoved", 14, feed="client", subscriber=ADA)
        assert HEARD.judge(told.settled(30).history).verdict is not Verdict.FAIL

    def test_fails_what_whoever_left_after_it_never_heard(self) -> None:
        told = shop().call("mutation publish", 7, "info", key="a", fault="appsync.publish #1 reset")
        told.saw("left onMoved", 15.5, feed="client", subscriber=ADA)
        assert "heard never" in titles(HEARD.judge(told.settled(30).history))

    def test_fails_what_is_late_even_so(self) -> None:
        told = shop().call("mutation publish", 3.5, "info", key="a", fault="appsync.publish #1")
        assert "late" in titles(HEARD.judge(heard_all(told, late=9).settled(30).history))

    def test_fails_a_step_before_its_predecessor(self) -> None:
        told = message(message(shop(), 4.1, 2, "LINKED", "NEW"), 4.2, 1, "NEW", None)
        told = message(told, 5.1, 3, "PAID", "LINKED").settled(20)
        assert "LINKED after NEW; what was heard before it is nothing" in titles(
            HEARD.judge(told.history)
        )

    def test_fails_a_gap_between_two_steps(self) -> None:
        told = message(message(shop(), 3.1, 1, "NEW", None), 5.1, 3, "PAID", "LINKED")
        assert "PAID after LINKED; what was heard before it is NEW" in titles(
            HEARD.judge(told.settled(20).history)
        )

    def test_fails_who_hears_of_anothers_order(self) -> None:
        told = message(heard_all(shop(obi=True)), 3.2, 1, "NEW", None, who=OBI).settled(20)
        assert "obi was told of order a, which is ada's" in titles(HEARD.judge(told.history))

    def test_does_not_ask_for_what_happened_while_the_connection_was_away(self) -> None:
        told = message(shop(), 3.1, 1, "NEW", None)
        told.saw("dropped onMoved", 3.5, feed="client", subscriber=ADA)
        told.call("subscribe onMoved", 8, took=0.1, asked={"identity": "ada"}, subscriber=ADA)
        assert HEARD.judge(told.settled(20).history).verdict is Verdict.PASS

    def test_a_follower_closes_the_gap_by_a_query(self) -> None:
        told = shown(message(shop(), 3.1, 1, "NEW", None), 3.1, 1)
        told.saw("dropped onMoved", 3.5, feed="client", subscriber=ADA)
        told.call("subscribe onMoved", 8, took=0.1, asked={"identity": "ada"}, subscriber=ADA)
        assert HEARD.judge(shown(told, 8.3, 3).settled(20).history).verdict is Verdict.PASS

    def test_fails_a_follower_who_is_never_shown_what_it_missed(self) -> None:
        told = shown(message(shop(), 3.1, 1, "NEW", None), 3.1, 1)
        told.saw("dropped onMoved", 3.5, feed="client", subscriber=ADA)
        told.call("subscribe onMoved", 8, took=0.1, asked={"identity": "ada"}, subscriber=ADA)
        assert "never that order a became LINKED" in titles(HEARD.judge(told.settled(20).history))

    @pytest.mark.parametrize(("again", "verdict"), [(12.9, Verdict.PASS), (13.5, Verdict.FAIL)])
    def test_a_follower_who_leaves_before_its_time_is_over_is_shown_it_once_it_is_back(
        self, again: float, verdict: Verdict
    ) -> None:
        # PAID at 5 s, promised within 5 s; left at 6 s, back at 8.1 s.
        told = shown(message(shop(), 3.1, 1, "NEW", None), 3.1, 1)
        shown(message(told, 4.1, 2, "LINKED", "NEW"), 4.1, 2)
        told.saw("left onMoved", 6, feed="client", subscriber=ADA)
        told.call("subscribe onMoved", 8, took=0.1, asked={"identity": "ada"}, subscriber=ADA)
        assert HEARD.judge(shown(told, again, 3).settled(20).history).verdict is verdict

    def test_fails_a_follower_who_is_shown_a_step_twice(self) -> None:
        told = shown(shown(shown(heard_all(shop()), 3.1, 1), 5.1, 3), 5.2, 2).settled(20)
        assert "was shown version 2 of order a at 5.200 s, after version 3" in titles(
            HEARD.judge(told.history)
        )

    def test_who_left_hears_no_more(self) -> None:
        told = message(shop(), 3.1, 1, "NEW", None)
        told.saw("left onMoved", 3.5, feed="client", subscriber=ADA)
        assert HEARD.judge(told.settled(20).history).verdict is Verdict.PASS

    def test_is_unknown_when_nobody_subscribed(self) -> None:
        told = Telling().life("a", "NEW", "PAID")
        assert HEARD.judge(told.history).verdict is Verdict.UNKNOWN

"""Laws that are small enough to share a file."""

import pytest

from harness.laws import announced, dump, faults_fired, idempotent, no_secret
from harness.model import Action, Fault, Point, UnknownKind, Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

SUBMIT = "POST /orders"
IDEMPOTENT = idempotent(SUBMIT, same=("body.orderId",))
TOLD = announced("order.status", "bus.order.status", 5)


def submit(told: Telling, at: float, token: str, key: str, who: str = "ann") -> Telling:
    asked = {"identity": who, "headers": {"idempotency-key": token}}
    return told.call(SUBMIT, at, key=key, asked=asked, status=202, body={"orderId": key})


class TestIdempotent:
    def test_passes_a_repeat_with_the_same_answer(self) -> None:
        judged = IDEMPOTENT.judge(submit(submit(Telling(), 0, "k", "a"), 1, "k", "a").history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_fails_a_repeat_that_makes_another_order(self) -> None:
        told = submit(submit(Telling(), 0, "k", "a"), 1, "k", "b")
        found = the_finding(IDEMPOTENT.judge(told.history))
        assert "was answered with entity 'b'; the first with 'a'" in found.title

    def test_passes_a_repeat_that_is_refused(self) -> None:
        told = submit(submit(Telling(), 0, "k", "a"), 1, "k", "a")
        asked = {"identity": "ann", "headers": {"idempotency-key": "k"}}
        told.call(SUBMIT, 2, "fail", asked=asked, status=422)
        assert IDEMPOTENT.judge(told.history).verdict is Verdict.PASS

    def test_the_same_key_of_another_caller_is_another_key(self) -> None:
        told = submit(submit(Telling(), 0, "k", "a"), 1, "k", "b", who="bob")
        assert IDEMPOTENT.judge(told.history).verdict is Verdict.UNKNOWN

    def test_passes_an_answer_that_says_it_repeats_the_first(self) -> None:
        told = Telling().call(SUBMIT, 0, key="a", asked={"identity": "ann"}, status=202)
        again = {"Idempotent-Replayed": "true"}
        told.call(SUBMIT, 1, key="a", asked={"identity": "ann"}, status=202, headers=again)
        judged = IDEMPOTENT.judge(told.history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_fails_an_answer_that_repeats_nothing(self) -> None:
        again = {"Idempotent-Replayed": "true"}
        told = Telling().call(SUBMIT, 1, key="a", asked={"identity": "ann"}, headers=again)
        assert "but there was none" in the_finding(IDEMPOTENT.judge(told.history)).title

    def test_of_two_at_once_either_may_be_the_first(self) -> None:
        again = {"Idempotent-Replayed": "true"}
        asked = {"identity": "ann"}
        told = Telling().call(SUBMIT, 1, took=0.3, key="a", asked=asked, headers=again, status=202)
        told.call(SUBMIT, 1.1, took=0.5, key="a", asked=asked, status=202)
        judged = IDEMPOTENT.judge(told.history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_fails_an_answer_that_repeats_what_was_asked_only_later(self) -> None:
        again = {"Idempotent-Replayed": "true"}
        asked = {"identity": "ann"}
        told = Telling().call(SUBMIT, 1, key="a", asked=asked, headers=again, status=202)
        told.call(SUBMIT, 2, key="a", asked=asked, status=202)
        assert "but there was none" in the_finding(IDEMPOTENT.judge(told.history)).title

    def test_an_answer_may_repeat_one_that_never_arrived(self) -> None:
        told = Telling().call(SUBMIT, 0, "info", asked={"identity": "ann"})
        again = {"Idempotent-Replayed": "true"}
        told.call(SUBMIT, 1, key="a", asked={"identity": "ann"}, headers=again)
        assert IDEMPOTENT.judge(told.history).verdict is Verdict.UNKNOWN

    def test_a_key_may_stand_elsewhere_than_in_a_header(self) -> None:
        mutation = "mutation submit"
        law = idempotent(mutation, "key", path="variables.key", replayed="body.again")
        told = Telling()
        for at, key in enumerate(("a", "b")):
            asked = {"identity": "ann", "variables": {"key": "k"}}
            told.call(mutation, at, key=key, asked=asked, status=200, body={"again": False})
        assert "with the same key" in the_finding(law.judge(told.history)).title

    def test_is_unknown_without_a_repeat(self) -> None:
        assert IDEMPOTENT.judge(submit(Telling(), 0, "k", "a").history).verdict is Verdict.UNKNOWN


class TestFaultsFired:
    fault = Fault(at=Point(service="pay", operation="charge"), do=Action(do="lose"))

    def test_passes_when_each_was_seen(self) -> None:
        told = Telling().call("pay.charge", 0, "info", fault=self.fault.id)
        assert faults_fired(self.fault).judge(told.history).verdict is Verdict.PASS

    def test_is_unknown_when_one_never_happened(self) -> None:
        told = Telling().call("pay.charge", 0, "info", fault=self.fault.id)
        judged = faults_fired(self.fault, "another").judge(told.history)
        assert (judged.verdict, judged.unknown) == (Verdict.UNKNOWN, UnknownKind.NOT_REACHED)
        assert judged.why == "never fired: another"

    def test_is_unknown_on_an_empty_history(self) -> None:
        assert faults_fired(self.fault).judge(Telling().history).verdict is Verdict.UNKNOWN


class TestNoSecret:
    def test_passes_a_history_without(self) -> None:
        told = Telling().saw("x", 1, "a", status="fine")
        assert no_secret(values=["hunter2"]).judge(told.history).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        "text",
        [
            "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln",
            "-----BEGIN RSA PRIVATE KEY-----",
            "AKIA" + "A" * 16,
            "sk_test_" + "a" * 24,
        ],
    )
    def test_fails_what_looks_like_one_and_does_not_repeat_it(self, text: str) -> None:
        told = Telling().saw("x", 1, "a", deep=[{"er": f"oh: {text}"}])
        found = the_finding(no_secret().judge(told.history))
        assert "holds a secret" in found.title
        assert text not in found.model_dump_json()

    def test_fails_a_given_value_wherever_it_stands(self) -> None:
        law = no_secret((), ["hunter2"])
        told = Telling().saw("x", 1, "a", token="hunter2")
        assert law.judge(told.history).verdict is Verdict.FAIL
        assert law.judge(Telling().saw("x", 1, "hunter2").history).verdict is Verdict.FAIL

    def test_never_writes_a_given_value_into_a_header(self) -> None:
        law = no_secret(values=["hunter2"])
        assert "hunter2" not in f"{dump(law)} {law!r}"

    def test_is_unknown_on_an_empty_history(self) -> None:
        assert no_secret().judge(Telling().history).verdict is Verdict.UNKNOWN


class TestAnnounced:
    def life(self) -> Telling:
        return Telling().life("a", "NEW", "OPEN")

    def bus(self, told: Telling, at: float, version: int, to: str) -> Telling:
        return told.saw("bus.order.status", at, "a", version=version, to=to)

    def test_passes_messages_out_of_order_and_more_than_once(self) -> None:
        told = self.bus(self.bus(self.bus(self.life(), 2, 2, "OPEN"), 2.1, 1, "NEW"), 3, 1, "NEW")
        assert TOLD.judge(told.history).verdict is Verdict.PASS

    def test_fails_a_change_that_nobody_is_told_of(self) -> None:
        told = self.bus(self.life(), 1, 1, "NEW").settled(3)
        found = the_finding(TOLD.judge(told.history))
        assert "NEW → OPEN (version 2) was never told by bus.order.status" in found.title

    def test_fails_a_message_that_comes_late(self) -> None:
        told = self.bus(self.bus(self.life(), 1, 1, "NEW"), 9, 2, "OPEN")
        assert "was told 8.0 s later; promised were 5 s" in titles(TOLD.judge(told.history))

    def test_fails_a_message_that_tells_what_did_not_happen(self) -> None:
        told = self.bus(self.bus(self.life(), 1, 1, "NEW"), 2, 2, "DONE")
        assert "says DONE, it was OPEN" in titles(TOLD.judge(told.history))

    def test_is_unknown_when_nothing_changed(self) -> None:
        assert TOLD.judge(Telling().history).verdict is Verdict.UNKNOWN

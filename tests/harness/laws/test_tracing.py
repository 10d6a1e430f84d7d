from harness.laws import (
    effect,
    owners_only,
    refused_writes_nothing,
    writes_trace_to_accepted_requests,
)
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

SUBMIT, READ = "POST /orders", "GET /orders/{id}"
TRACES = writes_trace_to_accepted_requests("order.status", SUBMIT)
REFUSED = refused_writes_nothing(SUBMIT, effect("order.status", event="INSERT"))
OWNERS = owners_only(SUBMIT, (READ,), entity="order")


class TestWritesTrace:
    def test_passes_an_order_that_was_asked_for(self) -> None:
        told = Telling().call(SUBMIT, 0, key="a").life("a", "NEW", "OPEN", at=0.005)
        judged = TRACES.judge(told.history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_a_request_without_an_answer_explains_one_order(self) -> None:
        told = Telling().call(SUBMIT, 0, None).life("a", "NEW", at=1)
        assert TRACES.judge(told.history).verdict is Verdict.PASS
        assert TRACES.judge(told.life("b", "NEW", at=2).history).verdict is Verdict.FAIL

    def test_a_request_that_may_have_been_done_explains_its_own_order(self) -> None:
        told = Telling().call(SUBMIT, 0, "info", key="a", status=503).life("a", "NEW", at=1)
        assert TRACES.judge(told.history).verdict is Verdict.PASS

    def test_fails_an_order_that_nobody_asked_for(self) -> None:
        told = Telling().call(SUBMIT, 0, key="a").life("a", "NEW").life("b", "NEW")
        found = the_finding(TRACES.judge(told.history))
        assert "order b was written at 0.000 s, but no accepted request" in found.title

    def test_fails_an_order_whose_request_was_refused(self) -> None:
        told = Telling().call(SUBMIT, 0, "fail", key="a", status=400).life("a", "NEW", at=0.1)
        assert TRACES.judge(told.history).verdict is Verdict.FAIL

    def test_fails_an_order_that_was_asked_for_only_afterwards(self) -> None:
        told = Telling().life("a", "NEW").call(SUBMIT, 3, key="a")
        assert TRACES.judge(told.history).verdict is Verdict.FAIL

    def test_is_unknown_when_no_order_came_to_be(self) -> None:
        told = Telling().step("a", 0, "NEW", "OPEN")
        assert TRACES.judge(told.history).verdict is Verdict.UNKNOWN


class TestRefusedWritesNothing:
    def test_passes_refusals_beside_accepted_requests(self) -> None:
        told = Telling().call(SUBMIT, 0, "fail", status=400).call(SUBMIT, 0.01, key="a")
        judged = REFUSED.judge(told.life("a", "NEW", at=0.05).history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_fails_a_write_behind_a_refusal(self) -> None:
        told = Telling().call(SUBMIT, 0, "fail", status=400).life("a", "NEW", at=0.05)
        found = the_finding(REFUSED.judge(told.history))
        assert "POST /orders was refused (400), and yet order a was written" in found.title

    def test_fails_an_effect_beyond_the_accepted_ones(self) -> None:
        again = "POST /orders/{id}/links"
        law = refused_writes_nothing(again, effect("order.status", **{"from": "FAILED"}))
        told = Telling().life("a", "NEW", "FAILED").call(again, 2, key="a")
        told.step("a", 2.1, "FAILED", "OPEN").call(again, 3, "fail", key="a", status=409)
        assert law.judge(told.history).verdict is Verdict.PASS
        told.step("a", 3.1, "FAILED", "OPEN")
        assert "refused (409)" in the_finding(law.judge(told.history)).title

    def test_a_request_without_an_answer_may_be_the_cause(self) -> None:
        told = Telling().call(SUBMIT, 0, "fail", status=400).call(SUBMIT, 0, None)
        assert REFUSED.judge(told.life("a", "NEW", at=1).history).verdict is Verdict.PASS

    def test_is_unknown_when_nothing_was_refused(self) -> None:
        told = Telling().call(SUBMIT, 0, key="a").life("a", "NEW")
        assert REFUSED.judge(told.history).verdict is Verdict.UNKNOWN


class TestOwnersOnly:
    def told(self, reader: str | None, kind: str = "ok") -> Telling:
        told = Telling().call(SUBMIT, 0, key="a", asked={"identity": "ann"}, status=202)
        status = 200 if kind == "ok" else 404
        return told.call(READ, 1, kind, key="a", asked={"identity": reader}, status=status)  # type: ignore[arg-type]

    def test_passes_who_reads_their_own(self) -> None:
        assert OWNERS.judge(self.told("ann").history).verdict is Verdict.PASS

    def test_passes_a_stranger_who_is_refused(self) -> None:
        assert OWNERS.judge(self.told("bob", "fail").history).verdict is Verdict.PASS

    def test_fails_a_stranger_who_is_answered(self) -> None:
        found = the_finding(OWNERS.judge(self.told("bob").history))
        assert found.title == ("order a belongs to ann, but GET /orders/{id} answered bob with 200")

    def test_fails_an_answer_to_nobody(self) -> None:
        assert "somebody without a token" in titles(OWNERS.judge(self.told(None).history))

    def test_is_unknown_when_nobody_asked_for_a_known_order(self) -> None:
        told = Telling().call(READ, 0, key="a", asked={"identity": "ann"})
        assert OWNERS.judge(told.history).verdict is Verdict.UNKNOWN

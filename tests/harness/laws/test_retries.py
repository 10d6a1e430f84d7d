import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.laws import from_parameter, retries
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

CALL = "pay.initialize"
WAITS = (1.0, 2.0, 4.0)
LAW = retries(
    CALL, from_parameter("RetryWaits"), pause=10, late=1.0, timeout=4.0, unless="breaker.state"
)


def calls(*gaps: float, key: str = "a", kind: str = "info", status: int | None = 503) -> Telling:
    """Failed calls with these gaps between the end of one and the start of the next."""
    told, at = Telling(RetryWaits="1,2,4"), 0.0
    for gap in (*gaps, None):
        told.call(CALL, at, kind, key=key, feed="double", status=status, took=0.1)  # type: ignore[arg-type]
        at += 0.1 + (gap or 0)
    return told


def test_passes_the_schedule() -> None:
    judged = LAW.judge(calls(1.05, 2.1, 4.2).history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 3)


def test_passes_a_new_schedule_after_the_pause() -> None:
    assert LAW.judge(calls(1.05, 2.1, 4.2, 10.5, 1.1).history).verdict is Verdict.PASS


SENT_ON = retries(CALL, WAITS, pause=10, prompts=("invoke send on",))


@pytest.mark.parametrize(("key", "verdict"), [
    (None, Verdict.PASS), ("a", Verdict.PASS), ("b", Verdict.FAIL),
])  # fmt: skip
def test_a_pause_ends_early_for_what_somebody_sent_on(key: str | None, verdict: Verdict) -> None:
    told = calls(1.05, 2.1, 4.2, 0.5).call("invoke send on", 7.8, key=key)
    assert SENT_ON.judge(told.history).verdict is verdict


def test_what_was_sent_on_before_the_last_failure_ends_no_pause() -> None:
    told = calls(1.05, 2.1, 4.2, 0.5).call("invoke send on", 1, key="a")
    assert SENT_ON.judge(told.history).verdict is Verdict.FAIL


def test_what_was_sent_on_has_fresh_attempts() -> None:
    # Only one attempt was seen of the row that people ended: the rest hadn't got as far.
    told = calls(0.3, 1.05).call("invoke send on", 0.2, key="a")
    assert SENT_ON.judge(told.history).verdict is Verdict.PASS
    soon = calls(0.3, 0.3).call("invoke send on", 0.2, key="a")
    assert "attempt 2" in the_finding(SENT_ON.judge(soon.history)).title


def test_passes_a_new_schedule_after_a_success() -> None:
    told = calls(1.05).call(CALL, 4, key="a", feed="double", status=200)
    told.call(CALL, 4.1, "info", key="a", feed="double", status=503)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_fails_a_retry_at_once() -> None:
    found = the_finding(LAW.judge(calls(0.0).history))
    assert "attempt 2 of pay.initialize came 0.00 s after the failure of attempt 1" in found.title
    assert found.operation == CALL


def test_fails_waits_that_do_not_grow() -> None:
    assert "attempt 3" in the_finding(LAW.judge(calls(1, 1).history)).title


def test_fails_a_wait_that_is_too_long() -> None:
    assert "at most 2.10 s are allowed" in titles(LAW.judge(calls(5).history))


def test_excuses_a_long_wait_while_a_breaker_refuses() -> None:
    told = calls(5).turned(1, "CLOSED", "OPEN")
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_does_not_excuse_a_long_wait_after_the_breaker_closed() -> None:
    told = calls(1, 9).turned(0.1, "CLOSED", "OPEN")
    told.turned(1, "OPEN", "CLOSED")
    assert "attempt 3" in titles(LAW.judge(told.history))


def test_fails_more_attempts_than_the_schedule_has() -> None:
    assert "after attempt 4 of 4 failed; it should rest 10 s" in titles(
        LAW.judge(calls(1.05, 2.1, 4.2, 4.2).history)
    )


def test_a_refusal_is_no_failure_but_too_many_requests_is() -> None:
    assert LAW.judge(calls(0, kind="fail", status=400).history).verdict is Verdict.UNKNOWN
    assert LAW.judge(calls(0, kind="fail", status=429).history).verdict is Verdict.FAIL


def test_a_refusal_that_was_planned_is_a_failure() -> None:
    told = Telling(RetryWaits="1,2,4")
    for at in (0, 0.2):
        told.call(CALL, at, "fail", key="a", feed="double", status=400, fault="pay refuses")
    assert LAW.judge(told.history).verdict is Verdict.FAIL


def test_an_answer_after_the_callers_time_out_is_a_failure() -> None:
    told = Telling(RetryWaits="1,2,4").call(CALL, 0, key="a", feed="double", status=200, took=6)
    told.call(CALL, 4.1, key="a", feed="double", status=200)
    assert "came 0.10 s" in titles(LAW.judge(told.history))


def test_keys_are_judged_apart() -> None:
    told = calls(1.05).call(CALL, 0.2, "info", key="b", feed="double", status=500)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_is_unknown_when_nothing_failed() -> None:
    told = Telling(RetryWaits="1,2,4").call(CALL, 0, key="a", feed="double", status=200)
    judged = LAW.judge(told.history)
    assert (judged.verdict, "tried again" in judged.why) == (Verdict.UNKNOWN, True)


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=3))
def test_any_jitter_within_its_share_passes(jitter: list[float]) -> None:
    gaps = [wait * (1 + j) for wait, j in zip(WAITS, jitter, strict=False)]
    assert LAW.judge(calls(*gaps).history).verdict is Verdict.PASS


@given(st.integers(0, 2), st.floats(0, 0.7))
def test_any_wait_that_is_cut_short_fails(which: int, share: float) -> None:
    gaps = [wait * (share if n == which else 1) for n, wait in enumerate(WAITS)]
    assert LAW.judge(calls(*gaps).history).verdict is Verdict.FAIL


REDRIVEN = retries(CALL, WAITS, pause=10, entity="order.status", redrives="retryCount")


@pytest.mark.parametrize(("count", "verdict"), [(1, Verdict.PASS), (0, Verdict.FAIL)])
def test_a_redrive_gives_fresh_attempts_though_one_before_it_never_got_to_the_call(
    count: int, verdict: Verdict
) -> None:
    told = calls(1.05, 1.0, 1.05).step("a", 1.5, "MATCHED", "MATCHED", retryCount=count)
    assert REDRIVEN.judge(told.history).verdict is verdict


def test_a_redrive_of_another_entity_gives_none() -> None:
    told = calls(1.05, 1.0).step("b", 1.5, "MATCHED", "MATCHED", retryCount=1)
    assert REDRIVEN.judge(told.history).verdict is Verdict.FAIL


@pytest.mark.parametrize(("key", "verdict"), [
    ("a", Verdict.PASS), (None, Verdict.PASS), ("b", Verdict.FAIL),
])  # fmt: skip
def test_an_attempt_whose_process_was_killed_may_not_have_been_counted(
    key: str | None, verdict: Verdict
) -> None:
    told = calls(1.05, 1.05, 2.1)
    told.call("dynamodb.UpdateItem", 1.3, "info", key=key, feed="wire", reason="kill")
    assert LAW.judge(told.history).verdict is verdict


def test_two_workers_calls_side_by_side_are_one_attempt_of_the_row() -> None:
    law = retries("pay.initialize", (1.0,), pause=1.0, prompts=("invoke Heal",))
    told = Telling()
    for worker, read, called, wrote in (("one", 1.0, 1.1, 1.3), ("two", 1.05, 1.2, 1.4)):
        by = {"invocation": worker, "cause": {"kind": "aws:sqs"}}
        told.call("dynamodb.GetItem", read, key="a", feed="wire", asked=by)
        told.call("dynamodb.UpdateItem", wrote, key="a", feed="wire", asked=by)
        about = {"environment": worker}
        told.call("pay.initialize", called, "info", key="a", feed="double", asked=about, status=503)
    told.call("pay.initialize", 2.4, "info", key="a", feed="double", status=503)
    told.call("invoke Heal", 2.5)
    healed = told.call("pay.initialize", 2.6, key="a", feed="double", status=200)
    assert law.judge(healed.history).verdict is Verdict.PASS, titles(law.judge(healed.history))

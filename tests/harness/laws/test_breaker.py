import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.laws import breaker, from_parameter
from harness.model import History, UnknownKind, Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

INIT, VERIFY = "pay.initialize", "pay.verify"
LAW = breaker(
    (INIT, VERIFY), 5, from_parameter("BreakerRecovery"), lease=2, timeout=1, slack=0.5,
    entity="order.status", waiting=("MATCHED",), state="breaker.state", key="pay",
)  # fmt: skip


class Fleet:
    """Callers of one dependency; each call is told with its environment."""

    def __init__(self) -> None:
        self.told = Telling(BreakerRecovery="4")
        self._n = 0

    def call(self, at: float, works: bool, *, took: float = 0.05, name: str = INIT) -> "Fleet":
        self._n += 1
        self.told.call(
            name, at, "ok" if works else "info", key=f"o{self._n}", feed="double", took=took,
            asked={"environment": 100 + self._n % 3}, status=200 if works else 503,
        )  # fmt: skip
        return self

    def fail(self, *at: float) -> "Fleet":
        for each in at:
            self.call(each, works=False)
        return self

    def work(self, *at: float) -> "Fleet":
        for each in at:
            self.call(each, works=True)
        return self


def opened() -> Fleet:
    """Five failures; open from 0.45 s on."""
    return Fleet().fail(0, 0.1, 0.2, 0.3, 0.4)


def verdict(fleet: Fleet) -> Verdict:
    return LAW.judge(fleet.told.history).verdict


def test_passes_opening_one_probe_and_closing() -> None:
    judged = LAW.judge(opened().work(4.6).work(5, 5.1, 5.2).told.history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)


def test_passes_a_failed_probe_and_another_after_the_recovery() -> None:
    assert verdict(opened().fail(4.6).work(8.8, 9)) is Verdict.PASS


def test_passes_calls_begun_before_it_opened() -> None:
    assert verdict(opened().call(0.41, works=False, took=0.9).work(4.6, 5)) is Verdict.PASS


def test_counts_over_all_operations_of_the_dependency() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3).call(0.4, works=False, name=VERIFY)
    assert "call while open" not in titles(LAW.judge(fleet.told.history))
    assert LAW.judge(fleet.fail(2).told.history).verdict is Verdict.FAIL


def test_fails_a_call_while_open() -> None:
    found = the_finding(LAW.judge(opened().fail(2).told.history))
    assert found.title == (
        "pay.initialize was called 1.55 s after 5 failures in a row; no call is due for 4 s"
    )
    assert len(found.calls) == 6


def test_fails_a_second_probe() -> None:
    judged = LAW.judge(opened().call(4.6, works=True, took=0.5).work(4.7).told.history)
    assert "0.10 s after a probe began that had not ended" in the_finding(judged).title


def test_allows_another_probe_once_the_lease_of_the_first_is_over() -> None:
    fleet = opened().call(4.6, works=False, took=0.9)
    assert "second probe" not in titles(LAW.judge(fleet.work(6.7).told.history))


def test_fails_a_call_right_after_a_failed_probe() -> None:
    judged = LAW.judge(opened().fail(4.6, 4.8).told.history)
    assert "after a probe failed" in titles(judged)


def test_a_success_between_failures_starts_the_count_again() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3).work(1).fail(2, 2.1, 2.2, 2.3)
    judged = LAW.judge(fleet.told.history)
    assert (judged.verdict, judged.saw) == (Verdict.UNKNOWN, 0)


def test_a_success_of_another_case_meanwhile_counts_too() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3, 2.4, 3.4)
    fleet.told.call(VERIFY, 1, key="old", feed="double", case="c#0", status=200)
    assert LAW.judge(fleet.told.history.of_cases(["c#1"])).verdict is not Verdict.FAIL


def test_a_failure_whose_count_a_fault_lost_is_held_against_nobody() -> None:
    fleet = Fleet().fail(0, 0.7, 1.4, 2.1, 2.8, 3.5)
    fleet.told.call(
        "dynamodb.UpdateItem", 0.1, "info", feed="wire", asked={"resource": "BreakersTable"},
        fault="dynamodb.UpdateItem@BreakersTable #1 before error(500)",
    )  # fmt: skip
    keeps = LAW.model_copy(update={"store": "BreakersTable"})
    assert "0.65 s after 5 failures in a row" in titles(LAW.judge(fleet.told.history))
    judged = keeps.judge(fleet.told.history)
    assert (judged.verdict is not Verdict.FAIL, judged.saw) == (True, 1)
    assert keeps.judge(fleet.fail(4.9).told.history).verdict is Verdict.FAIL


def test_a_failure_whose_count_nobody_heard_the_answer_of_is_held_against_nobody() -> None:
    fleet = Fleet().fail(0, 0.7, 1.4, 2.1, 2.8, 3.5)
    fleet.told.call(
        "dynamodb.UpdateItem", 0.1, "info", feed="wire", asked={"resource": "BreakersTable"},
        status=200, reason="the caller had gone",
    )  # fmt: skip
    keeps = LAW.model_copy(update={"store": "BreakersTable"})
    assert verdict(fleet) is Verdict.FAIL
    assert keeps.judge(fleet.told.history).verdict is not Verdict.FAIL


def test_a_failure_that_was_counted_late_may_be_what_opened_it() -> None:
    # The write of the fifth failure took a second, while another call was on its way: the breaker
    # opened in between, and its probe comes when that is over, not when the sixth failed.
    fleet = Fleet().fail(0, 0.6, 1.2, 1.8, 2.4, 2.9, 3.9)
    assert LAW.judge(fleet.told.history).verdict is Verdict.FAIL
    fleet.told.call(
        "dynamodb.UpdateItem", 2.46, feed="wire", asked={"resource": "BreakersTable"},
        fault="dynamodb.UpdateItem@BreakersTable #5 before latency(1 s)",
    )  # fmt: skip
    keeps = LAW.model_copy(update={"store": "BreakersTable"})
    assert keeps.judge(fleet.told.history).verdict is not Verdict.FAIL


def test_an_answer_whose_count_a_fault_lost_may_have_been_counted() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3).call(1.5, works=True, took=0.1).fail(3, 3.8)
    fleet.told.call(
        "dynamodb.UpdateItem", 1.55, "info", feed="wire", asked={"resource": "BreakersTable"},
        fault="dynamodb.UpdateItem@BreakersTable #5 before error(500)",
    )  # fmt: skip
    keeps = LAW.model_copy(update={"store": "BreakersTable"})
    assert keeps.judge(fleet.told.history).verdict is not Verdict.FAIL


def test_a_refusal_counts_as_an_answer() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3)
    fleet.told.call(INIT, 1, "fail", key="x", feed="double", status=400)
    assert LAW.judge(fleet.fail(2, 3).told.history).saw == 0


def test_an_answer_after_the_callers_time_out_counts_as_a_failure() -> None:
    fleet = Fleet().fail(0, 0.1, 0.2, 0.3).call(0.4, works=True, took=3)
    assert LAW.judge(fleet.fail(3).told.history).verdict is Verdict.FAIL


def test_a_success_at_the_same_moment_leaves_it_open_whether_it_opened() -> None:
    fleet = Fleet().call(0.1, works=True, took=0.4).fail(0, 0.1, 0.2, 0.3, 0.4).fail(2)
    assert LAW.judge(fleet.told.history).verdict is not Verdict.FAIL


def test_fails_when_it_opened_before_its_threshold() -> None:
    fleet = Fleet().fail(0, 0.1)
    fleet.told.turned(0.3, "CLOSED", "OPEN")
    judged = LAW.judge(fleet.told.history)
    assert "after 2 failed calls in a row; 5 are due" in the_finding(judged).title


def test_passes_when_its_own_record_opens_after_the_threshold() -> None:
    fleet = opened().work(4.6, 5)
    fleet.told.turned(0.5, "CLOSED", "OPEN")
    assert verdict(fleet) is Verdict.PASS


def test_fails_when_somebody_waits_and_no_probe_comes() -> None:
    fleet = opened()
    fleet.told.life("w", "NEW", "MATCHED").saw("else", 20)
    judged = LAW.judge(fleet.told.history)
    assert "1 orders wait (such as w, MATCHED), but no call came" in titles(judged)


def test_is_unknown_when_too_few_environments_failed() -> None:
    told = Telling(BreakerRecovery="4")
    for n in range(5):
        told.call(INIT, n / 10, "info", key="a", feed="double", asked={"environment": n % 2})
    told.call(INIT, 5, key="a", feed="double", status=200)
    judged = LAW.judge(told.history)
    assert judged.verdict is Verdict.UNKNOWN
    assert "came from 2 execution environments; 3 are needed" in judged.why


@pytest.mark.parametrize(
    ("can", "kind"),
    [
        (("redrive",), UnknownKind.CAPABILITY),
        (("queue-concurrency",), UnknownKind.BUDGET),
        ((), UnknownKind.BUDGET),  # a history from before capabilities were written down
    ],
)
def test_too_few_are_the_targets_lack_where_a_queue_has_one_consumer_at_a_time(
    can: tuple[str, ...], kind: UnknownKind
) -> None:
    told = Telling(BreakerRecovery="4")
    for n in range(5):
        told.call(INIT, n / 10, "info", key="a", feed="double", asked={"environment": 1})
    told.call(INIT, 5, key="a", feed="double", status=200)
    history = told.history
    header = history.header.model_copy(update={"capabilities": can})
    judged = LAW.judge(History(header, history.records))
    assert (judged.verdict, judged.unknown) == (Verdict.UNKNOWN, kind)


def test_is_unknown_when_it_never_closed_again() -> None:
    assert "never seen to close" in LAW.judge(opened().told.history).why


@pytest.mark.parametrize("fleet", [Fleet(), Fleet().work(0, 1, 2), Fleet().fail(0, 1)])
def test_is_unknown_when_it_never_had_to_open(fleet: Fleet) -> None:
    judged = LAW.judge(fleet.told.history)
    assert (judged.verdict, "never 5 failed calls" in judged.why) == (Verdict.UNKNOWN, True)


def lawful(
    starts: list[float],
    works: list[bool],
    lasts: list[float],
    lags: list[float],
    *,
    broken: bool = False,
) -> Telling:
    """The history of a breaker that works, under random traffic.

    A call reaches the dependency a lag after it was let through, and is counted a lag after it
    ended. ``broken``: it never opens, whatever it counts.
    """
    told = Telling(BreakerRecovery="4")
    row, until, probing, epoch = 0, -1.0, False, 0
    ends: list[tuple[float, bool, bool, int]] = []

    def settle(now: float) -> None:
        nonlocal row, until, probing, epoch
        for end in sorted(e for e in ends if e[0] <= now):
            ends.remove(end)
            at, good, probe, begun_in = end
            if probe:
                probing, epoch = False, epoch + 1
                row, until = 0, -1.0 if good else at + 4
            elif begun_in == epoch:
                row = 0 if good else row + 1
                if row >= 5 and not broken:
                    row, until, epoch = 0, at + 4, epoch + 1

    at = 0.0
    for n, (gap, good, last, lag) in enumerate(zip(starts, works, lasts, lags, strict=True)):
        at += gap
        settle(at)
        if probing or at < until:
            continue
        probe = until >= 0
        if probe:
            probing, epoch = True, epoch + 1
        ends.append((at + last + 2 * lag, good, probe, epoch))
        told.call(
            INIT, at + lag, "ok" if good else "info", key=f"o{n}", feed="double", took=last,
            asked={"environment": n % 4}, status=200 if good else 500,
        )  # fmt: skip
    return told


def each(least: float, most: float) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(least, most), min_size=80, max_size=80)


outcomes = st.lists(st.integers(0, 9).map(lambda n: n < 3), min_size=80, max_size=80)


@given(each(0.0, 0.8), outcomes, each(0.001, 0.7), each(0, 0.12))
def test_a_working_breaker_passes_under_any_traffic(
    starts: list[float], works: list[bool], lasts: list[float], lags: list[float]
) -> None:
    judged = LAW.judge(lawful(starts, works, lasts, lags).history)
    assert judged.verdict is not Verdict.FAIL, judged.findings[0].detail


@given(each(0.05, 0.3), each(0.001, 0.05), each(0, 0.12))
def test_a_breaker_that_never_opens_fails(
    starts: list[float], lasts: list[float], lags: list[float]
) -> None:
    told = lawful(starts, [False] * 80, lasts, lags, broken=True)
    assert LAW.judge(told.history).verdict is Verdict.FAIL

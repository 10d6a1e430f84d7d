import json

from hypothesis import given
from hypothesis import strategies as st

from harness.laws import from_parameter, window_limit
from harness.model import Verdict
from tests.harness.laws.telling import EPOCH, Telling, the_finding, titles

LIST = "GET /things"
LAW = window_limit(LIST, 3, 4.0)
RESET = EPOCH + 4


def ask(
    told: Telling, at: float, remaining: int | None, *, who: str = "ann", status: int = 200,
    reset: int = RESET, limit: int = 3, retry: int | None = None,
) -> Telling:  # fmt: skip
    """One request and what it was told; ``remaining`` None for no header at all."""
    headers: dict[str, str] = {}
    if remaining is not None:
        headers |= {
            "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(reset),
        }  # fmt: skip
    if status == 429:
        headers["Retry-After"] = str(retry if retry is not None else 1)
    kind = "ok" if status < 400 else "info" if status >= 500 else "fail"
    return told.call(LIST, at, kind, asked={"identity": who}, status=status, headers=headers)  # type: ignore[arg-type]


def full_window(told: Telling | None = None, **who: str) -> Telling:
    told = told or Telling()
    for n, remaining in enumerate((2, 1, 0)):
        ask(told, 0.1 * n, remaining, **who)  # type: ignore[arg-type]
    return ask(told, 0.4, 0, status=429, **who)  # type: ignore[arg-type]


def test_passes_a_window_that_gives_out_each_place_once() -> None:
    judged = LAW.judge(full_window().history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 4)


def test_passes_answers_that_arrive_in_another_order() -> None:
    told = ask(ask(ask(Telling(), 0, 0), 0.1, 2), 0.2, 1)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_callers_and_windows_are_judged_apart() -> None:
    told = full_window(full_window(), who="bob")
    ask(told, 5, 2, reset=EPOCH + 8)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_fails_two_requests_in_one_place() -> None:
    found = the_finding(LAW.judge(ask(ask(Telling(), 0, 2), 0.1, 2).history))
    assert "both told that 2 of 3 remain" in found.title


def test_fails_a_refusal_below_the_limit() -> None:
    told = ask(ask(Telling(), 0, 2), 0.1, 0, status=429)
    found = the_finding(LAW.judge(told.history))
    assert "ann was refused by GET /things after 1 of 3 requests" in found.title


def test_fails_a_place_that_was_taken_by_nobody() -> None:
    told = ask(ask(Telling(), 0, 2), 0.1, 0)
    assert "2 requests" in titles(LAW.judge(told.history))
    assert "3 of 3 places were counted" in titles(LAW.judge(told.history))


def test_a_request_without_an_answer_may_have_taken_a_place() -> None:
    told = ask(ask(ask(Telling(), 0, 2), 0.1, 0), 0.05, None, status=503)
    assert LAW.judge(ask(told, 0.4, 0, status=429).history).verdict is Verdict.PASS


def test_a_refused_token_takes_no_place() -> None:
    told = ask(ask(ask(Telling(), 0, 2), 0.1, 0), 0.05, None, status=401)
    assert LAW.judge(told.history).verdict is Verdict.FAIL


def test_fails_a_limit_that_nobody_has() -> None:
    assert "a limit of 9" in titles(LAW.judge(ask(Telling(), 0, 8, limit=9).history))


def test_fails_more_than_the_limit() -> None:
    assert "-1 of 3 remain" in titles(LAW.judge(ask(full_window(), 0.5, -1).history))


def test_fails_a_refusal_that_does_not_say_when_to_come_back() -> None:
    told = Telling()
    for n in (2, 1, 0):
        ask(told, 0.1, n)
    headers = {"X-RateLimit-Limit": "3", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": RESET}
    told.call(LIST, 1, "fail", asked={"identity": "ann"}, status=429, headers=headers)
    assert "without Retry-After" in the_finding(LAW.judge(told.history)).title


def test_fails_a_wait_longer_than_the_window() -> None:
    told = Telling()
    for n in (2, 1, 0):
        ask(told, 0.1, n)
    assert "to wait 60 s" in titles(LAW.judge(ask(told, 1, 0, status=429, retry=60).history))


def test_fails_a_window_that_does_not_reset() -> None:
    assert "window ends" in titles(LAW.judge(ask(Telling(), 20, 2).history))


def test_takes_its_tiers_from_the_stacks_parameter() -> None:
    tiers = {"low": {"limit": 3, "window": 4}, "high": {"limit": 9, "window": 4}}
    law = window_limit(LIST, from_parameter("RateLimits"))
    told = ask(full_window(Telling(RateLimits=json.dumps(tiers))), 1, 8, who="bob", limit=9)
    assert law.judge(told.history).verdict is Verdict.PASS


def test_is_unknown_until_enough_windows_were_used_up() -> None:
    judged = window_limit(LIST, 3, 4, exhausted=2).judge(full_window().history)
    assert (judged.verdict, "1 windows" in judged.why) == (Verdict.UNKNOWN, True)


def test_is_unknown_when_no_answer_told_anything() -> None:
    assert LAW.judge(ask(Telling(), 0, None).history).verdict is Verdict.UNKNOWN


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 11.9)), max_size=60))
def test_a_fixed_window_passes_under_any_traffic(requests: list[tuple[str, float]]) -> None:
    told, used = Telling(), dict[tuple[str, int], int]()
    for who, at in sorted(requests, key=lambda r: r[1]):
        window = int(at // 4)
        taken = used.get((who, window), 0)
        reset, status = EPOCH + 4 * (window + 1), 200 if taken < 3 else 429
        used[who, window] = min(taken + 1, 3)
        ask(told, at, 2 - taken if taken < 3 else 0, who=who, status=status, reset=reset)
    assert LAW.judge(told.history).verdict is not Verdict.FAIL

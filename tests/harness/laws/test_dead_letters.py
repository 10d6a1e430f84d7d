from collections.abc import Sequence

import pytest

from harness.laws import dead_letters, effect, from_parameter
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

DELAYS = (1.0, 2.0, 4.0)
LAW = dead_letters(
    ("queue.pay-dlq",),
    from_parameter("RedriveDelays"),
    entity="order.status",
    count="retryCount",
    attention="HELP",
    alert=effect("topic.ops"),
    exhausted=effect("topic.ops", **{"body.alert": "max retries exceeded"}),
    parked=("queue.attention",),
    prompts=("pay.webhook",),
    patience=5,
)


def dying(*, key: str = "a", gaps: Sequence[float] = (1.1, 2.1, 4.1)) -> Telling:
    """An order whose step dies again and again; ``gaps`` from each redrive to the next attempt."""
    told = Telling(RedriveDelays="1,2,4").life(key, "NEW", "MATCHED")
    at = 2.0
    for n, gap in enumerate(gaps, 1):
        letter(told, at, key).step(key, at, "MATCHED", "MATCHED", retryCount=n)
        at += gap
        told.step(key, at, "MATCHED", "MATCHED", retryCount=n)  # a failed attempt
        at += 0.5
    return letter(told, at, key)


def letter(told: Telling, at: float, key: str | None, queue: str = "pay-dlq") -> Telling:
    return told.saw(f"queue.{queue}", at, key, event="appeared", count=1)


def given_up(told: Telling, *, count: int = 3, key: str = "a", at: float = 11) -> Telling:
    told.step(key, at, "MATCHED", "HELP", retryCount=count)
    return told.saw("topic.ops", at, key, body={"alert": "max retries exceeded"})


def test_passes_three_redrives_with_growing_delays_then_a_person() -> None:
    judged = LAW.judge(given_up(dying()).settled(20).history)
    assert judged.verdict is Verdict.PASS, titles(judged)
    assert judged.saw == 8


def test_passes_an_order_that_is_healed_by_a_redrive() -> None:
    told = dying(gaps=(1.2,)).step("a", 8, "MATCHED", "OPEN", retryCount=0).settled(20)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_passes_letters_that_peeking_never_saw() -> None:
    told = given_up(dying()).settled(20).history.only(lambda r: not r.name.startswith("queue."))
    assert LAW.judge(told).verdict is Verdict.PASS


def test_an_entity_that_says_when_it_was_written_is_believed() -> None:
    law = LAW.model_copy(update={"written": "updatedAt"})

    def told(second: str) -> Telling:
        """Its redrive is seen 0.9 s late, the attempt after it at once."""
        seen = Telling(RedriveDelays="1,2,4").life("a", "NEW", "MATCHED")
        for at, written in ((2.9, "12:00:02.000Z"), (3.1, second)):
            moment = f"2026-01-02T{written}"
            seen.step("a", at, "MATCHED", "MATCHED", retryCount=1, updatedAt=moment)
        return seen.step("a", 4, "MATCHED", "OPEN", retryCount=0).settled(20)

    late, early = told("12:00:03.100Z").history, told("12:00:02.200Z").history
    assert law.judge(late).verdict is Verdict.PASS
    assert "0.20 s after redrive 1" in the_finding(law.judge(early)).title
    assert LAW.judge(late).verdict is Verdict.FAIL


def worker(told: Telling, source: str, read: float, wrote: float) -> Telling:
    """A worker that reads the order and writes it later; its redrive was written at 3.58 s."""
    dlq = {"invocation": "dlq", "cause": {"kind": "aws:sqs"}}
    told.call("dynamodb.UpdateItem", 3.58, key="a", feed="wire", asked=dlq)
    by = {"invocation": "i1", "cause": {"kind": source}}
    told.call("dynamodb.GetItem", read, key="a", feed="wire", asked=by)
    return told.call("dynamodb.UpdateItem", wrote, key="a", feed="wire", asked=by)


@pytest.mark.parametrize(
    ("source", "read", "verdict"),
    [
        ("aws:sqs", 3.5, Verdict.PASS),  # redriven at 3.6, written at 3.69, delay 2
        ("aws:sqs", 3.65, Verdict.FAIL),
        ("aws:dynamodb", 3.5, Verdict.FAIL),  # whoever tells of changes does no work
    ],
)
def test_work_that_began_before_the_redrive_is_not_the_redriven(
    source: str, read: float, verdict: Verdict
) -> None:
    told = given_up(dying(gaps=(1.1, 0.1, 4.1)))
    assert LAW.judge(worker(told, source, read, 3.69).history).verdict is verdict


def test_fails_a_redrive_without_its_delay() -> None:
    found = the_finding(LAW.judge(given_up(dying(gaps=(1.1, 0.1, 4.1))).history))
    assert "0.10 s after redrive 2 it was worked on again; the delay is 2 s" in found.title


def test_fails_delays_that_do_not_grow() -> None:
    assert "redrive 3" in titles(LAW.judge(given_up(dying(gaps=(1.1, 2.1, 1.1))).history))


def test_excuses_work_that_something_else_brought() -> None:
    told = given_up(dying(gaps=(1.1, 0.1, 4.1)))
    told.call("pay.webhook", 3.65, key="a", feed="double")
    assert LAW.judge(told.settled(20).history).verdict is Verdict.PASS


def test_fails_more_redrives_than_delays() -> None:
    judged = LAW.judge(given_up(dying(gaps=(1.1, 2.1, 4.1, 8)), count=4, at=20).history)
    assert "was redriven 4 times; 3 are allowed" in titles(judged)


def test_fails_a_count_that_jumps() -> None:
    told = Telling(RedriveDelays="1,2,4").life("a", "MATCHED")
    told.step("a", 2, "MATCHED", "MATCHED", retryCount=2)
    assert "redrive 0 was followed by redrive 2" in titles(LAW.judge(told.history))


def test_fails_who_is_given_up_before_all_redrives() -> None:
    judged = LAW.judge(given_up(dying(gaps=(1.1,)), count=1, at=5).history)
    assert "given up after 1 redrives; 3 are due" in titles(judged)


def test_fails_who_is_given_up_without_an_alert() -> None:
    told = dying().step("a", 11, "MATCHED", "HELP", retryCount=3).settled(20)
    assert "order a is HELP, but nobody was told" in titles(LAW.judge(told.history))


def test_who_is_taken_on_again_before_anybody_is_told_needs_nobody() -> None:
    told = dying().step("a", 11, "MATCHED", "HELP", retryCount=3)
    told.step("a", 12, "HELP", "MATCHED").settled(60)
    assert LAW.judge(told.history).verdict is Verdict.PASS
    assert "nobody was told" in titles(LAW.model_copy(update={"patience": 0.5}).judge(told.history))


def test_fails_an_alert_for_an_order_that_is_not_given_up() -> None:
    told = dying().saw("topic.ops", 11, "a", body={"alert": "max retries exceeded"}).settled(20)
    assert "people were told, but it is MATCHED" in titles(LAW.judge(told.history))


def test_passes_an_alert_for_work_that_was_parked_instead() -> None:
    told = letter(dying(), 11, "a", "attention")
    told.saw("topic.ops", 11, "a", body={"alert": "max retries exceeded"}).settled(20)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_passes_another_alert_after_no_redrive() -> None:
    told = Telling(RedriveDelays="1,2,4").life("a", "NEW", "HELP")
    told.saw("topic.ops", 1, "a", body={"alert": "charge does not match"})
    assert LAW.judge(told.settled(9).history).verdict is Verdict.PASS


def test_fails_a_letter_that_nothing_follows() -> None:
    told = letter(Telling(RedriveDelays="1,2,4").life("a", "MATCHED"), 5, "a").settled(9)
    assert "was neither redriven nor given to people" in titles(LAW.judge(told.history))


def test_leaves_open_a_letter_at_the_end_of_a_killed_run() -> None:
    told = letter(Telling(RedriveDelays="1,2,4").life("a", "MATCHED"), 5, "a").saw("else", 6)
    assert LAW.judge(told.history).undecided == ("a",)


def poison(*at: float, key: str | None = "p") -> Telling:
    """A message of no known order, back as a dead letter at these times, then parked."""
    told = Telling(RedriveDelays="1,2,4")
    for each in at:
        letter(told, each, key)
    return letter(told, at[-1], key, "attention").saw("topic.ops", at[-1], body={"alert": "x"})


def test_passes_a_malformed_message_that_ends_with_people() -> None:
    assert LAW.judge(poison(0, 1.1, 3.2, 7.4).settled(9).history).verdict is Verdict.PASS
    assert LAW.judge(poison(0, key=None).settled(9).history).verdict is Verdict.PASS


def test_fails_a_malformed_message_that_comes_back_at_once() -> None:
    judged = LAW.judge(poison(0, 0.2, 3.2, 7.4).settled(9).history)
    assert "was a dead letter again 0.20 s after redrive 1; the delay is 1 s" in titles(judged)


def test_fails_a_malformed_message_that_is_redriven_for_ever() -> None:
    judged = LAW.judge(poison(0, 1.1, 3.2, 7.4, 16).settled(19).history)
    assert "3 redrives are allowed" in titles(judged)


def test_a_message_like_one_that_was_parked_is_another_story() -> None:
    told = poison(0, 1.1, 3.2, 7.4)
    for at in (7.5, 8.6, 10.7, 14.8):
        letter(told, at, "p")
    letter(told, 14.8, "p", "attention").settled(20)
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_fails_a_malformed_message_that_vanishes() -> None:
    told = letter(Telling(RedriveDelays="1,2,4"), 1, "p").settled(9)
    assert "was neither redriven nor given to people" in titles(LAW.judge(told.history))


def test_fails_a_malformed_message_that_is_parked_in_silence() -> None:
    told = letter(letter(Telling(RedriveDelays="1,2,4"), 1, "p"), 2, "p", "attention").settled(9)
    assert "nobody was told" in titles(LAW.judge(told.history))


def test_is_unknown_without_a_dead_letter() -> None:
    judged = LAW.judge(Telling(RedriveDelays="1,2,4").life("a", "NEW").history)
    assert judged.verdict is Verdict.UNKNOWN

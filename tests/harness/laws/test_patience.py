from harness.laws import from_parameter, gives_up
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding

LAW = gives_up(4, spared=("pay.webhook",))


def unanswered(took: float, name: str = "dynamodb.PutItem") -> Telling:
    feed = "double" if name.startswith("pay.") else "wire"
    return Telling().call(
        name, 1, "info", took=took, feed=feed, asked={"function": "Submit"}, reason="hold"
    )


def test_passes_a_call_that_was_given_up_in_time() -> None:
    judged = LAW.judge(unanswered(3.1).history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)


def test_fails_a_call_that_was_waited_for_too_long() -> None:
    found = the_finding(LAW.judge(unanswered(10).history))
    assert "Submit waited 10.0 s for an answer of dynamodb.PutItem" in found.title


def test_judges_third_parties_too_but_not_what_they_do_themselves() -> None:
    assert LAW.judge(unanswered(10, "pay.charge").history).verdict is Verdict.FAIL
    assert LAW.judge(unanswered(10, "pay.webhook").history).verdict is Verdict.UNKNOWN


def test_a_slow_answer_is_an_answer() -> None:
    told = Telling().call("dynamodb.PutItem", 1, took=10, feed="wire", status=200)
    assert LAW.judge(told.history).verdict is Verdict.UNKNOWN


def test_the_patience_may_be_a_parameter_of_the_stack() -> None:
    told = Telling(Patience="12").call("pay.charge", 1, "info", took=10, feed="double")
    assert gives_up(from_parameter("Patience")).judge(told.history).verdict is Verdict.PASS

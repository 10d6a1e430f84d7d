from typing import Any

import pytest

from harness.laws import refused_does_nothing
from harness.model import Verdict
from harness.model.operations import reads
from tests.harness.laws.telling import Telling, the_finding

SUBMIT = "POST /orders"
LAW = refused_does_nothing(SUBMIT, named="body.instance", spared=("AuditTable",))


def refused(invocation: str = "urn:shop:request:i-1") -> Telling:
    return Telling().call(SUBMIT, 0, "fail", status=400, body={"instance": invocation})


def made(name: str, resource: str = "OrdersTable", invocation: str = "i-1") -> dict[str, Any]:
    about = {"invocation": invocation, "function": "Submit", "resource": resource}
    return {"name": name, "at": 0.005, "feed": "wire", "asked": about}


def test_passes_a_refusal_that_read_and_was_noted() -> None:
    told = refused().call(**made("dynamodb.GetItem")).call(**made("dynamodb.PutItem", "AuditTable"))
    judged = LAW.judge(told.history)
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)


@pytest.mark.parametrize("name", ["dynamodb.PutItem", "sqs.SendMessage", "events.PutEvents"])
def test_fails_a_refusal_that_wrote_or_sent(name: str) -> None:
    found = the_finding(LAW.judge(refused().call(**made(name)).history))
    assert f"POST /orders was refused (400), and yet its function called {name}" in found.title


def test_a_write_that_may_have_happened_counts_and_one_that_was_refused_does_not() -> None:
    open_end = refused().call(**made("dynamodb.PutItem"), kind=None)
    assert LAW.judge(open_end.history).verdict is Verdict.FAIL
    condition = refused().call(**made("dynamodb.PutItem"), kind="fail", status=400)
    assert LAW.judge(condition.history).verdict is Verdict.PASS


def test_the_invocation_may_stand_alone_or_at_the_end_of_a_path() -> None:
    for invocation in ("i-1", "/requests/i-1"):
        told = refused(invocation).call(**made("sqs.SendMessage"))
        assert LAW.judge(told.history).verdict is Verdict.FAIL


def test_what_another_invocation_wrote_is_not_the_refused_ones() -> None:
    told = refused().call(**made("dynamodb.GetItem"))
    told.call(**made("dynamodb.PutItem", invocation="i-2"))
    assert LAW.judge(told.history).verdict is Verdict.PASS


def test_an_accepted_request_may_write() -> None:
    told = Telling().call(SUBMIT, 0, status=202, body={"instance": "i-1"})
    told.call(**made("dynamodb.PutItem"))
    assert LAW.judge(told.history).verdict is Verdict.UNKNOWN


def test_is_unknown_where_no_call_of_the_invocation_was_seen() -> None:
    assert LAW.judge(refused().history).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "name", ["GetItem", "dynamodb.Query", "s3.HeadObject", "sqs.ReceiveMessage"]
)
def test_reads_are_told_by_their_names(name: str) -> None:
    assert reads(name)


@pytest.mark.parametrize("name", ["dynamodb.PutItem", "sqs.SendMessage", "sns.Publish"])
def test_writes_are_no_reads(name: str) -> None:
    assert not reads(name)

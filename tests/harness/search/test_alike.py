"""Calls that are alike: some are failed, and stand for the others."""

from harness.recorder import Recorder
from harness.search.alike import kinds_of, spoken_for
from harness.search.spots import spots_of


def invocation(
    recorder: Recorder, name: str, *calls: str, code: str | None = None, case: str = "c1"
) -> None:
    """An invocation of Pay's that makes these calls; the last is answered with this error."""
    for number, call in enumerate(calls):
        value = {"function": "Pay", "resource": "Orders", "invocation": name,
                 "sdkCall": f"{name}{number}"}  # fmt: skip
        made = recorder.invoke("wire", call, value=value, cases=(case,))
        failed = code is not None and number == len(calls) - 1
        recorder.complete(made, "fail" if failed else "ok", value={"code": code} if failed else {})


def kinds(recorder: Recorder, case: str = "c1") -> list[str]:
    """A letter for each spot, the same for those that are alike."""
    return _letters([spot.kind for spot in spots_of(recorder.history, case)])


def _letters(seen: list[str]) -> list[str]:
    return [chr(ord("a") + list(dict.fromkeys(seen)).index(kind)) for kind in seen]


def test_calls_between_the_same_calls_are_alike(recorder: Recorder) -> None:
    for name in ("first", "second"):
        invocation(recorder, name, "dynamodb.GetItem", "dynamodb.UpdateItem")
    assert kinds(recorder) == ["a", "b", "a", "b"]


def test_another_answer_or_another_call_beside_it_makes_it_another_kind(recorder: Recorder) -> None:
    invocation(recorder, "first", "dynamodb.GetItem")
    invocation(recorder, "refused", "dynamodb.GetItem", code="ConditionalCheckFailedException")
    invocation(recorder, "longer", "dynamodb.GetItem", "dynamodb.UpdateItem")
    assert kinds(recorder) == ["a", "b", "c", "d"]


def test_what_is_farther_away_makes_no_difference(recorder: Recorder) -> None:
    invocation(recorder, "short", "dynamodb.GetItem", "dynamodb.PutItem", "dynamodb.UpdateItem")
    invocation(
        recorder, "long", "dynamodb.GetItem", "dynamodb.PutItem", "dynamodb.UpdateItem", "kms.Sign"
    )
    assert kinds(recorder) == ["a", "b", "c", "a", "b", "d", "e"]


def test_the_messages_of_a_batch_are_told_apart(recorder: Recorder) -> None:
    for batch in (("a", "b"), ("c",)):
        for key in batch:
            for call in ("dynamodb.GetItem", "dynamodb.UpdateItem"):
                value = {"function": "Pay", "resource": "Orders", "invocation": batch[0],
                         "sdkCall": f"{key} {call}"}  # fmt: skip
                recorder.invoke("wire", call, key=key, value=value, cases=("c1",))
    found = list(kinds_of(recorder.history, "c1").values())
    assert _letters(found) == ["a", "b", "a", "b", "a", "b"]


def test_calls_to_doubles_are_alike_when_they_were_answered_alike(recorder: Recorder) -> None:
    for status in (503, 503, 200):
        call = recorder.invoke("double", "bank.charge", value={"attempt": 1}, cases=("c1",))
        recorder.complete(call, "ok" if status == 200 else "info", value={"status": status})
    assert kinds(recorder) == ["a", "a", "b"]


def test_another_cases_calls_have_no_kind_here(recorder: Recorder) -> None:
    invocation(recorder, "other", "dynamodb.GetItem", case="c2")
    assert kinds_of(recorder.history, "c1") == {}


def test_the_first_of_a_kind_stands_for_those_after_it() -> None:
    assert spoken_for(list("abaab")) == {2, 3, 4}
    assert spoken_for(list("abcd")) == frozenset()

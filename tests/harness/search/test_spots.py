"""Where a story's faults can happen: every call of a function's, and what doubles send."""

from harness.recorder import Recorder
from harness.search.spots import spots_of


def seen(recorder: Recorder, case: str = "c1") -> list[str]:
    return [f"{s.to} {s}" for s in spots_of(recorder.history, case)]


def test_calls_to_aws_are_spots_of_their_function(recorder: Recorder) -> None:
    value = {"function": "Pay", "resource": "Orders", "sdkCall": "s1"}
    recorder.invoke("wire", "dynamodb.PutItem", value=value, cases=("c1",))
    assert seen(recorder) == ["aws Pay: dynamodb.PutItem@Orders #1"]


def test_calls_to_doubles_and_what_they_send_are_numbered(recorder: Recorder) -> None:
    for name in ("bank.charge", "bank.charge", "bank.webhook"):
        recorder.invoke("double", name, value={}, cases=("c1",))
    assert seen(recorder) == [
        "double bank: bank.charge #1",
        "double bank: bank.charge #2",
        "double bank: bank.webhook #1",
    ]


def test_the_same_call_of_several_entities_is_one_spot(recorder: Recorder) -> None:
    for key in ("o1", "o2", "o1"):
        recorder.invoke("double", "bank.charge", key=key, value={}, cases=("c1",))
        recorder.invoke("client", "mutation publish", key=key, value={"mode": "IAM"}, cases=("c1",))
    assert seen(recorder) == [
        "double bank: bank.charge #1/one key",
        "double bank: bank.charge #2/one key",
        "front appsync: appsync.publish #1/one key",
        "front appsync: appsync.publish #2/one key",
    ]


def test_a_further_entitys_call_of_a_kind_of_its_own_is_a_spot_within_the_case(
    recorder: Recorder,
) -> None:
    for key, status in (("o1", 200), ("o2", 200), ("o3", 503), ("o4", 503)):
        call = recorder.invoke("double", "bank.charge", key=key, value={}, cases=("c1",))
        recorder.complete(call, "ok" if status == 200 else "info", value={"status": status})
    assert seen(recorder) == ["double bank: bank.charge #1/one key", "double bank: bank.charge #3"]
    first, other = spots_of(recorder.history, "c1")
    assert (first.shared, other.shared) == (True, False)


def test_a_further_attempt_of_an_sdk_call_is_no_further_call(recorder: Recorder) -> None:
    for attempt in (1, 2):
        recorder.invoke("double", "model.ask", value={"attempt": attempt}, cases=("c1",))
    assert seen(recorder) == ["double model: model.ask #1"]


def test_what_functions_ask_of_the_front_is_a_spot_and_what_clients_ask_is_none(
    recorder: Recorder,
) -> None:
    recorder.invoke("client", "mutation publish", value={"mode": "IAM"}, cases=("c1",))
    recorder.invoke("client", "mutation submit", value={"variables": {}}, cases=("c1",))
    assert seen(recorder) == ["front appsync: appsync.publish #1"]


def test_another_cases_calls_are_none(recorder: Recorder) -> None:
    recorder.invoke("double", "bank.charge", value={}, cases=("c2",))
    assert seen(recorder) == []

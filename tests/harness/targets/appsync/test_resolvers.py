"""Units, pipelines, batches and NONE."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.targets.appsync import AppSyncFront, Invocation
from tests.harness.targets.appsync.calls import Client, Functions, signed
from tests.harness.targets.appsync.test_idioms import OPENS

Open = Callable[..., AppSyncFront]
NOTES, AUDIT, RELATED = "notes-NotesFunction", "notes-AuditFunction", "notes-RelatedFunction"
THREE = "{ notes(limit: 3) { items { id related { id } } } }"


def test_a_pipeline_hands_each_result_to_the_next(client: Client, functions: Functions) -> None:
    answer = client.ask('mutation { write(input: {id: "1"}) { id must } }')
    assert answer == {"data": {"write": {"id": "1", "must": "yes"}}}
    [first], [second] = functions.payloads(AUDIT), functions.payloads(NOTES)
    assert (first["prev"], second["prev"]) == ({"result": {}}, {"result": {"checked": "yes"}})
    assert first["arguments"] == second["arguments"]


def test_a_pipeline_ends_at_its_first_error(client: Client, functions: Functions) -> None:
    def refuse(_: Any) -> None:
        raise PermissionError("not you")

    functions.handlers[AUDIT] = refuse
    answer = client.ask('mutation { write(input: {id: "1"}) { id } }')
    assert answer["data"] == {"write": None}
    assert [e["message"] for e in answer["errors"]] == ["not you"]
    assert functions.payloads(NOTES) == []


def test_mutations_run_one_after_another(client: Client, functions: Functions) -> None:
    client.ask('mutation { a: write(input: {id: "1"}) { id } b: write(input: {id: "2"}) { id } }')
    assert [name for name, _ in functions.calls] == [AUDIT, NOTES, AUDIT, NOTES]


def test_a_none_data_source_gives_its_payload_back(client: Client, functions: Functions) -> None:
    answer = signed(client.front, {
        "query": 'mutation { publish(input: {id: "1", text: "hi"}) { id text stars } }'
    })  # fmt: skip
    assert answer == {"data": {"publish": {"id": "1", "text": "hi", "stars": None}}}
    assert functions.calls == []


def test_siblings_are_asked_for_together_up_to_the_batch_size(
    client: Client, functions: Functions
) -> None:
    answer = client.ask(THREE)
    assert [len(batch) for batch in functions.payloads(RELATED)] == [2, 1]
    assert [x["related"] for x in answer["data"]["notes"]["items"]] == [
        [{"id": "0-r"}], [{"id": "1-r"}], [{"id": "2-r"}]
    ]  # fmt: skip


def test_one_of_a_batch_can_fail_alone(client: Client, functions: Functions) -> None:
    functions.handlers[RELATED] = lambda batch: [
        {"data": [{"id": "r"}], "errorMessage": "half", "errorType": "PARTIAL"}
        if one["source"]["id"] == "1"
        else {"data": [{"id": "r"}], "errorMessage": None}
        for one in batch
    ]
    answer = client.ask(THREE)
    assert [x["related"] for x in answer["data"]["notes"]["items"]] == [
        [{"id": "r"}], None, [{"id": "r"}]
    ]  # fmt: skip
    [error] = answer["errors"]
    assert (error["errorType"], error["message"]) == ("PARTIAL", "half")
    assert error["data"] == [{"id": "r"}]


@pytest.mark.parametrize("result", [[], "x", [[], [], []]])
def test_a_batch_answered_with_another_number_fails_whole(
    result: Any, client: Client, functions: Functions
) -> None:
    functions.handlers[RELATED] = lambda _: result
    answer = client.ask("{ notes(limit: 2) { items { id related { id } } } }")
    assert len(answer["errors"]) == 2
    assert "list of 2" in answer["errors"][0]["message"]


def test_an_error_that_the_mapping_never_asks_for_is_lost_as_on_aws(open_front: Open) -> None:
    blind = {
        "RequestMappingTemplate": '{"version":"2018-05-29","operation":"Invoke",'
        '"payload":$util.toJson($ctx)}',
        "ResponseMappingTemplate": "$util.toJson($ctx.result)",
    }
    client = Client(open_front({"NoteResolver": blind}))
    assert client.ask('{ note(id: "broken") { id } }') == {"data": {"note": None}}


def test_lambdas_own_refusal_is_named(client: Client, functions: Functions) -> None:
    class Busy(Functions):
        async def __call__(self, function: str, payload: Any) -> Invocation:
            return Invocation({"message": "Rate Exceeded."}, "TooManyRequestsException")

    front = AppSyncFront(client.front._stage, invoke=Busy())
    front.start()
    try:
        [error] = Client(front).ask('{ note(id: "1") { id } }')["errors"]
    finally:
        front.stop()
    assert (error["errorType"], error["message"]) == (
        "Lambda:TooManyRequestsException", "Rate Exceeded."
    )  # fmt: skip


TYPED = {
    "NoteResolver": {"Runtime": {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}, "Code": OPENS}
}


def test_a_function_gives_its_errors_a_type_and_more(
    open_front: Open, functions: Functions
) -> None:
    functions.handlers[NOTES] = lambda event: {
        "data": None, "errorMessage": "gone", "errorType": "NOT_FOUND", "errorInfo": {"id": "1"}
    }  # fmt: skip
    answer = Client(open_front(TYPED)).ask('{ note(id: "1") { id } }')
    [error] = answer["errors"]
    assert answer["data"] == {"note": None}
    assert (error["errorType"], error["message"], error["errorInfo"], error["path"]) == (
        "NOT_FOUND", "gone", {"id": "1"}, ["note"]
    )  # fmt: skip


def test_what_the_answer_holds_is_the_fields_value(open_front: Open, functions: Functions) -> None:
    functions.handlers[NOTES] = lambda event: {"data": {"id": event["arguments"]["id"]}}
    answer = Client(open_front(TYPED)).ask('{ note(id: "7") { id } }')
    assert answer == {"data": {"note": {"id": "7"}}}


def test_an_answer_that_cannot_be_opened_is_an_error(
    open_front: Open, functions: Functions
) -> None:
    functions.handlers[NOTES] = lambda _: None
    [error] = Client(open_front(TYPED)).ask('{ note(id: "1") { id } }')["errors"]
    assert error["errorType"] == "Code"

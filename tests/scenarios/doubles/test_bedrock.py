"""Converse, spoken by boto3, and the model behind it."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.faults import FaultBox, fault
from harness.recorder import Recorder
from scenarios.doubles import Bedrock
from scenarios.doubles.model import INJECTIONS

LIST = "2 litres of milk,\n a dozen eggs"
ITEMS = [{"name": "milk", "quantity": 2, "unit": "l"}, {"name": "eggs", "quantity": 12}]


def tool(name: str, array: str, *fields: str) -> dict[str, Any]:
    row = {"type": "object", "properties": {f: {} for f in fields}}
    rows = {"type": "array", "items": row}
    schema = {"type": "object", "properties": {array: rows}}
    return {"toolSpec": {"name": name, "inputSchema": {"json": schema}}}


PARSE = tool("list_items", "items", "name", "quantity", "unit", "confidence")
CHOOSE = tool("choose", "choices", "number", "productId")

Converse = Callable[..., Any]


@pytest.fixture
def converse(bedrock: Bedrock) -> Converse:
    client: Any = boto3.client(
        "bedrock-runtime", endpoint_url=bedrock.host.url, region_name="eu-west-1",
        aws_access_key_id="x", aws_secret_access_key="x",
        config=Config(retries={"mode": "standard", "max_attempts": 2}, proxies={}),
    )  # fmt: skip

    def ask(text: str, *tools: dict[str, Any], choice: str | None = None, **more: Any) -> Any:
        config: dict[str, Any] = {"tools": list(tools)}
        if choice:
            config["toolChoice"] = {"tool": {"name": choice}}
        return client.converse(
            modelId="anthropic.claude-3-haiku-20240307-v1:0",
            system=[{"text": "You read lists. The secret word is abracadabra."}],
            messages=[{"role": "user", "content": [{"text": text}]}],
            **({"toolConfig": config} if tools else {}),
            **more,
        )

    return ask


def used(answer: Any) -> Any:
    [content] = answer["output"]["message"]["content"]
    return content["toolUse"]["input"]


@pytest.mark.parametrize(
    "quoted", [LIST, f"<list>{LIST}</list>", json.dumps({"list": LIST}, ensure_ascii=False)]
)
def test_a_known_list_is_answered_by_its_ground_truth_however_it_is_quoted(
    bedrock: Bedrock, converse: Converse, quoted: str
) -> None:
    bedrock.knows(LIST, ITEMS)
    answer = converse(quoted, PARSE)
    assert answer["stopReason"] == "tool_use"
    assert used(answer)["items"] == [
        {"name": "milk", "quantity": 2, "unit": "l", "confidence": 0.95},
        {"name": "eggs", "quantity": 12, "confidence": 0.95},
    ]


def test_an_unknown_list_has_no_items(converse: Converse) -> None:
    assert used(converse("bread", PARSE)) == {"items": []}


def test_the_longest_known_list_is_meant(bedrock: Bedrock, converse: Converse) -> None:
    bedrock.knows("2 milk", [{"name": "milk"}])
    bedrock.knows("2 milk, 3 bread", [{"name": "milk"}, {"name": "bread"}])
    assert len(used(converse("2 milk, 3 bread", PARSE))["items"]) == 2


def test_the_answer_has_the_fields_that_converse_documents(converse: Converse) -> None:
    answer = converse("bread", PARSE)
    assert answer["output"]["message"]["role"] == "assistant"
    usage = answer["usage"]
    assert usage["inputTokens"] + usage["outputTokens"] == usage["totalTokens"]
    assert answer["metrics"]["latencyMs"] >= 0


def test_the_tool_that_must_be_called_is_called(converse: Converse) -> None:
    [content] = converse("x", PARSE, CHOOSE, choice="choose")["output"]["message"]["content"]
    assert content["toolUse"]["name"] == "choose"


def test_without_a_tool_the_model_talks(converse: Converse) -> None:
    answer = converse("hello")
    assert answer["stopReason"] == "end_turn"
    assert "text" in answer["output"]["message"]["content"][0]


def test_among_candidates_the_one_that_was_meant_is_chosen(
    bedrock: Bedrock, converse: Converse
) -> None:
    bedrock.means("milk", "p1")
    bedrock.means("caviar", "p9")
    prompt = """{"questions": [
        {"number": 1, "name": "milk", "candidates": [{"id": "p1", "name": "Milk"}, {"id": "p2"}]},
        {"number": 2, "name": "caviar", "candidates": [{"id": "p3", "name": "Salt"}]},
        {"number": 3, "name": "string", "candidates": []}]}"""
    assert used(converse(prompt, CHOOSE))["choices"] == [
        {"number": 1, "productId": "p1"},
        {"number": 2, "productId": None},
        {"number": 3, "productId": None},
    ]


@pytest.mark.parametrize("injection", INJECTIONS)
def test_under_injection_the_model_adds_changes_and_leaks(
    bedrock: Bedrock, converse: Converse, injection: str
) -> None:
    bedrock.knows("2 milk", [{"name": "milk", "quantity": 2}])
    rows = used(converse(f"2 milk\n{injection}", PARSE))["items"]
    assert [(r["name"], r["quantity"]) for r in rows[:2]] == [("milk", 99), ("champagne", 50)]
    assert "abracadabra" in rows[2]["name"]
    assert all("price" in r for r in rows)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_an_error_reaches_boto3_as_the_exception_that_the_service_documents(
    bedrock: Bedrock, converse: Converse, box: FaultBox, status: int, code: str
) -> None:
    box.inject(fault("bedrock.converse", "error", nth=None, status=status))
    with pytest.raises(ClientError) as caught:
        converse("bread", PARSE)
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("do", "stop"),
    [
        ("nonsense", "tool_use"),
        ("prose", "end_turn"),
        ("max_tokens", "max_tokens"),
        ("filtered", "guardrail_intervened"),
    ],
)
def test_a_model_fails_with_status_200_too(
    bedrock: Bedrock, converse: Converse, box: FaultBox, do: str, stop: str
) -> None:
    bedrock.knows(LIST, ITEMS)
    box.inject(fault("bedrock.converse", do))
    answer = converse(LIST, PARSE)
    assert answer["stopReason"] == stop
    assert "milk" not in str(answer["output"]).replace("'nmae': 'milk'", "")
    assert box.not_fired() == ()


def test_the_attempts_of_one_sdk_call_are_one_call_to_the_faults(
    converse: Converse, box: FaultBox, recorder: Recorder
) -> None:
    first = fault("bedrock.converse", "error", status=503)
    box.inject(first.model_copy(update={"attempts": "first"}))
    assert converse("bread", PARSE)["stopReason"] == "tool_use"
    calls = list(recorder.history.calls_of("bedrock.converse"))
    assert [(c.start.value["attempt"], c.outcome) for c in calls] == [(1, "info"), (2, "ok")]


def test_the_order_is_known_where_the_caller_names_it(
    converse: Converse, recorder: Recorder
) -> None:
    converse("bread", PARSE, requestMetadata={"orderId": "o1"})
    assert [c.key for c in recorder.history.calls] == ["o1"]


def test_the_prompt_does_not_reach_the_history(converse: Converse, recorder: Recorder) -> None:
    converse("my secret list", PARSE)
    assert "secret" not in str([r.value for r in recorder.history])

"""The control API: LocalStack's own rules work, ours too, and a rule that can't fire is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from harness.engine.contract import ContractContext, run_contract_unit, units_of
from harness.model import Header, Identity, Json, Verdict
from harness.recorder import Recorder
from harness.specs import ContractSettings, load_contracts
from harness.wire import Wire
from harness.wire import control as control_module
from tests.harness.wire.aws import Aws
from tests.harness.wire.conftest import Client

Ask = Callable[..., tuple[int, Any]]

FAILS = {"service": "sqs", "operation": "SendMessage",
         "error": {"statusCode": 403, "code": "AccessDenied"}}  # fmt: skip
LOST = {"service": "sqs", "operation": "SendMessage", "nth": 1, "place": "after",
        "action": {"do": "lose"}}  # fmt: skip


@pytest.fixture
def ask(wire: Wire) -> Ask:
    def make(method: str, path: str = "faults", body: Json = None) -> tuple[int, Any]:
        url = f"{wire.url}/_localstack/chaos/{path}"
        given: dict[str, Any] = {} if body is None else {"json": body}
        answer = urllib3.request(method, url, retries=False, timeout=5, **given)
        return answer.status, answer.json()

    return make


def send(wire: Wire, client: Client) -> None:
    client(wire, "sqs").send_message(QueueUrl=f"{wire.url}/1/q", MessageBody="x")


def test_a_rule_of_localstacks_fails_every_call(wire: Wire, client: Client, ask: Ask) -> None:
    status, rules = ask("POST", body=[FAILS])
    assert (status, len(rules)) == (200, 1)
    for _ in range(2):
        with pytest.raises(ClientError, match="AccessDenied"):
            send(wire, client)


def test_a_rule_that_is_removed_fails_nothing_more(wire: Wire, client: Client, ask: Ask) -> None:
    ask("POST", body=[FAILS])
    assert ask("DELETE", body=[FAILS]) == (200, [])
    send(wire, client)


def test_rules_are_added_to_those_in_force_or_take_their_place(ask: Ask) -> None:
    ask("POST", body=[FAILS])
    assert len(ask("PATCH", body=[LOST])[1]) == 2
    assert len(ask("PATCH", body=[LOST])[1]) == 2, "it is in force already"
    assert len(ask("POST", body=[LOST])[1]) == 1
    assert ask("GET")[1] == [LOST]
    assert ask("DELETE") == (200, [])


def test_every_call_can_be_slowed_down(
    wire: Wire, client: Client, ask: Ask, recorder: Recorder
) -> None:
    assert ask("POST", "effects", {"latency": 60}) == (200, {"latency": 60})
    send(wire, client)
    assert ask("DELETE", "effects") == (200, {})
    send(wire, client)
    slow, quick = recorder.history.calls
    assert slow.seconds is not None
    assert slow.seconds >= 0.06
    assert slow.fault is not None
    assert quick.fault is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"service": "dynamo", "operation": "PutItem"}, "did you mean 'dynamodb'"),
        ({"service": "sqs", "operation": "Send"}, "sqs has no operation 'Send'"),
        (
            {"service": "sqs", "operation": "SendMessage", "action": {"do": "partial"}},
            "no call can",
        ),
        (LOST | {"place": "before"}, "is a reset"),
        (FAILS | {"nth": 0}, "fault rule 1: nth"),
        (FAILS | {"nth": "2"}, "fault rule 1: nth"),
        (FAILS | {"probability": 2}, "fault rule 1: probability"),
        (FAILS | {"errors": {}}, "fault rule 1: errors"),
        ("every call", "fault rule 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_and_changes_nothing(
    ask: Ask, rule: Json, said: str
) -> None:
    ask("POST", body=[FAILS])
    status, told = ask("POST", body=[rule])
    assert status in (400, 404, 409)
    assert said in told["title"]
    assert len(ask("GET")[1]) == 1


def test_what_is_none_of_the_api_is_refused(ask: Ask) -> None:
    assert ask("GET", "nothing")[0] == 404
    assert ask("PUT", "faults", [])[0] == 405
    assert ask("DELETE", "faults", [FAILS])[0] == 404
    assert ask("POST", "faults", {"service": "sqs"})[0] == 400
    assert ask("POST", "faults", ["x" * 300_000])[0] == 413
    assert ask("POST", "effects", {"latency": -1})[0] == 400
    assert ask("POST", "effects", {"jitter": 1})[0] == 400


def test_nothing_of_it_is_passed_on_or_recorded(ask: Ask, aws: Aws, recorder: Recorder) -> None:
    ask("GET")
    assert aws.requests == []
    assert len(recorder) == 0


def test_it_keeps_its_contract(wire: Wire, tmp_path: Path) -> None:
    settings = ContractSettings(openapi="chaos.yaml")
    contracts = load_contracts(settings, Path(control_module.__file__).parent)
    recorder = Recorder(tmp_path / "contract.jsonl", Header(run="r"))
    nobody = [Identity("one", None), Identity("another", None)]
    context = ContractContext(
        contracts=contracts, base_url=wire.url, recorder=recorder, identities=nobody,
        limited=None, forged={}, signatures={}, seed=1, examples=25, stateful=5,
    )  # fmt: skip
    results = [run_contract_unit(unit, context) for unit in units_of(contracts)]
    recorder.close()
    findings = [(f.law, f.title, f.exchange) for r in results for f in r.findings]
    assert findings == []
    assert {r.verdict for r in results} <= {Verdict.PASS, Verdict.UNKNOWN}
    assert sum(r.cases.ran for r in results) > 100

"""The tie, as a Lambda runtime would load it: in a process of its own, with no code of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.wire.causes import read_cause
from harness.wire.wire import TIE

RUNTIME = """
import importlib, json, sys, types
handler = getattr(importlib.import_module("shop.pay"), "handler")
context = types.SimpleNamespace(aws_request_id="inv-7")
print(json.dumps(handler(json.loads(sys.argv[1]), context)))
"""

HANDLER = """
import botocore.session

session = botocore.session.Session()
client = session.create_client(
    "dynamodb", region_name="eu-west-1", endpoint_url="http://127.0.0.1:9",
    aws_access_key_id="k", aws_secret_access_key="s",
)
heard = []


def hear(request, **_):
    heard.append(request.headers.get("x-stageproof-cause"))
    raise RuntimeError("far enough")


client.meta.events.register("before-send", hear)


def call():
    try:
        client.list_tables()
    except RuntimeError:
        pass


call()


def handler(event, context):
    call()
    return [h.decode() if isinstance(h, bytes) else h for h in heard]
"""


@pytest.fixture
def application(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pay.py").write_text(HANDLER)
    return tmp_path


def run(application: Path, event: Any, *, path: str = "", **environment: str) -> Any:
    """What the handler gives of an event, under the tie."""
    environ = {
        "PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "shop-Pay-1",
        "STAGEPROOF_TIE_KEYS": "orderId", "PYTHONPATH": f"{TIE}:{application}{path}",
        **environment,
    }  # fmt: skip
    command = [sys.executable, "-c", RUNTIME, json.dumps(event)]
    done = subprocess.run(command, env=environ, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_call_says_its_invocation_and_the_messages_behind_it(application: Path) -> None:
    record = {"eventSource": "aws:sqs", "messageId": "m1", "body": '{"orderId": "o1"}'}
    before, inside = map(read_cause, run(application, {"Records": [record]}))
    assert before
    assert (before.function, before.invocation, before.ids) == ("shop-Pay-1", None, ())
    assert inside
    assert (inside.invocation, inside.source) == ("inv-7", "aws:sqs")
    assert (inside.ids, inside.keys) == (("m1",), ("o1",))


def test_a_change_of_a_table_tells_its_entity(application: Path) -> None:
    change = {"eventID": "e1", "eventSource": "aws:dynamodb",
              "dynamodb": {"Keys": {"orderId": {"S": "o2"}}}}  # fmt: skip
    inside = read_cause(run(application, {"Records": [change]})[1])
    assert inside
    assert (inside.source, inside.ids, inside.keys) == ("aws:dynamodb", ("e1",), ("o2",))


def test_a_notification_and_an_event_of_the_bus_tell_theirs(application: Path) -> None:
    record = {"EventSource": "aws:sns", "Sns": {"MessageId": "n1", "Message": '{"orderId": "o3"}'}}
    notified = read_cause(run(application, {"Records": [record]})[1])
    assert notified
    assert (notified.ids, notified.keys) == (("n1",), ("o3",))
    event = {"id": "b1", "source": "shop", "detail-type": "x", "detail": {"orderId": "o4"}}
    told = read_cause(run(application, event)[1])
    assert told
    assert (told.source, told.ids, told.keys) == ("shop", ("b1",), ("o4",))


def test_an_environments_first_invocation_tells_how_long_it_took_to_start(
    application: Path,
) -> None:
    before, first = map(read_cause, run(application, {}))
    assert before
    assert before.cold == 0
    assert first
    assert 0 < first.cold < 60
    assert first.told(whole=True)["coldStart"] == first.cold
    assert "coldStart" not in first.told(whole=False)


def test_a_request_is_a_cause_too(application: Path) -> None:
    inside = read_cause(run(application, {"requestContext": {"requestId": "r1"}})[1])
    assert inside
    assert (inside.source, inside.ids) == ("api", ("r1",))


@pytest.mark.parametrize("event", [None, [], "text", {"Records": "no list"}, {"Records": [None]}])
def test_an_event_of_any_other_shape_disturbs_nothing(application: Path, event: Any) -> None:
    inside = read_cause(run(application, event)[1])
    assert inside
    assert inside.function == "shop-Pay-1"


def test_a_sitecustomize_of_the_applications_own_runs_too(
    application: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("open(__import__('os').environ['MARK'], 'w').close()")
    mark = tmp_path / "mark"
    run(application, {}, path=f":{own}", MARK=str(mark))
    assert mark.exists()


def test_a_process_that_is_no_function_is_left_alone(application: Path) -> None:
    code = "import importlib; print(importlib.import_module.__module__)"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TIE)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "importlib"


@pytest.mark.parametrize("header", ["", "{", "[]", "{}", '{"f": 1}'])
def test_a_header_that_is_not_ours_ties_nothing(header: str) -> None:
    assert read_cause(header) is None

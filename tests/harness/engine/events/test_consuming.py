"""A consumer is tried with a message in every variant, and what becomes of each is judged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.engine.events.consuming import Consuming
from harness.engine.events.hearing import Hearing
from harness.engine.events.units import EventUnit
from harness.model import Capability, Header, UnknownKind
from harness.observe import Peeked
from harness.recorder import Recorder
from harness.specs import MessageContract, load_document, read_asyncapi
from tests.harness.specs.test_messages import CONTRACT, WORK

UNIT = EventUnit("shop.yaml::work::consumed", "work", "consumed", "work is taken", 1)
OUTPUTS = {"WorkQueueUrl": "http://sqs/0/work", "DeadQueueUrl": "http://sqs/0/dead"}


class Queue:
    """A stage with one queue, whose consumer does at once what it was made to do with a body."""

    def __init__(self, recorder: Recorder, consumer: Callable[[str], str]) -> None:
        self.recorder = recorder
        self.patience = 0.1
        self.deployed = SimpleNamespace(outputs=OUTPUTS, can=lambda c: c is Capability.QUEUE_PEEK)
        self.consumer = consumer
        self.left: dict[str, list[str]] = {"work": [], "dead": []}
        self.bodies: list[str] = []
        self.slow: list[str] = []
        """On its way to a worker: seen nowhere at first."""

    def send(self, output: str, body: str) -> str:
        assert output == "WorkQueueUrl"
        self.bodies.append(body)
        sent = f"m{len(self.bodies)}"
        does = self.consumer(body)
        if does == "work":
            cause = {"kind": "aws:sqs", "messageIds": [sent]}
            self.recorder.invoke("wire", "dynamodb.GetItem", value={"cause": cause})
        elif does in self.left:
            self.left[does].append(body)
        elif does == "soon dead":
            self.slow.append(body)
        elif does == "keep":
            self.left["work"].append(body)
        return sent

    def peeker(self, *_: object) -> Callable[[], dict[str, list[Peeked]]]:
        looks: list[int] = []

        def peek() -> dict[str, list[Peeked]]:
            looks.append(1)
            if self.slow and len(looks) == 2:
                self.left["dead"].append(self.slow.pop())
            return {n: [Peeked("m", b, {}, 0, 0) for b in bs] for n, bs in self.left.items()}

        return peek


@pytest.fixture
def consuming(tmp_path: Path) -> Iterator[Callable[[Callable[[str], str]], Consuming]]:
    (tmp_path / "events.yaml").write_text(CONTRACT)
    contract = MessageContract(read_asyncapi(load_document(tmp_path, "events.yaml")))
    recorder = Recorder(tmp_path / "history.jsonl", Header())
    hearing = Hearing(contract, recorder)
    hearing.latest["work", "pay"] = {**WORK, "note": "soon"}

    def made(consumer: Callable[[str], str]) -> Consuming:
        queue = Queue(recorder, consumer)
        stage = cast(Any, queue)
        return Consuming(UNIT, stage, hearing, lambda case, passed: None, queue.peeker)

    yield made
    recorder.close()


def lawful(body: str) -> str:
    """Reads what is there for what the contract allows, and sends the rest to the dead letters."""
    try:
        data = json.loads(body)
    except ValueError:
        return "dead"
    shaped = isinstance(data, dict) and {"schemaVersion", "correlationId", "orderId"} <= set(data)
    if not shaped or not all(isinstance(value, str) for value in data.values()):
        return "dead"
    known = data["schemaVersion"] in ("1.0", "1.1") and data.get("kind", "pay") == "pay"
    return "work" if known and set(data) <= {*WORK, "note", "to"} else "dead"


Made = Callable[[Callable[[str], str]], Consuming]


def test_a_consumer_that_takes_what_is_allowed_and_buries_the_rest_passes(consuming: Made) -> None:
    tried = consuming(lawful)
    assert tried.findings() == ()
    assert tried.tried > 8


def test_one_that_deletes_what_it_does_not_expect_is_found(consuming: Made) -> None:
    def drops(body: str) -> str:
        return "nothing" if lawful(body) == "work" and "note" not in body else lawful(body)

    (found,) = consuming(drops).findings()
    assert "allows (without note) was deleted and nothing done for it, not handled" in found.title


def test_one_that_does_nothing_for_any_of_them_is_not_blamed_for_it(consuming: Made) -> None:
    # It may only count them: what it does with one as it is, it does with all.
    quiet = consuming(lambda body: "nothing" if lawful(body) == "work" else "dead")
    assert quiet.findings() == ()


def test_what_is_allowed_and_buried_is_found(consuming: Made) -> None:
    def strict(body: str) -> str:
        return "dead" if '"1.1"' in body else lawful(body)

    (found,) = consuming(strict).findings()
    assert "(schemaVersion 1.1) was dead-lettered, not handled" in found.title


def test_what_is_forbidden_and_vanishes_is_found(consuming: Made) -> None:
    found = consuming(lambda body: "work" if lawful(body) == "work" else "nothing").findings()
    assert {f.title.rpartition(" was ")[2] for f in found} == {
        "deleted and nothing done for it, not dead-lettered"
    }
    assert any("no JSON at all" in f.title for f in found)


def test_what_stays_on_the_queue_is_found(consuming: Made) -> None:
    found = consuming(lambda body: "keep" if "note" not in body else lawful(body)).findings()
    assert any("neither handled nor dead-lettered" in f.title for f in found)


def test_a_message_that_is_seen_nowhere_for_a_moment_is_not_taken_for_gone(consuming: Made) -> None:
    slow = consuming(lambda body: "work" if lawful(body) == "work" else "soon dead")
    assert slow.findings() == ()


def test_without_a_message_to_vary_nothing_is_told(consuming: Made) -> None:
    tried = consuming(lawful)
    tried.hearing.latest.clear()
    assert tried.findings() == ()
    assert [kind for kind, _ in tried.unknowns] == [UnknownKind.NOTHING_SEEN]

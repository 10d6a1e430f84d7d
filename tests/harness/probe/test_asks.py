"""What the questions take for a yes: what AWS documents, and no other error or silence."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pytest

from harness.model import Capability
from harness.probe import QUESTIONS
from harness.probe.asks import appsync
from harness.probe.asks.appsync import heard
from harness.probe.bench import Bench

DENIED = {"errorType": "ClientError", "errorMessage": "An error occurred (AccessDeniedException)"}
READ = {"data": {"hidden": {"name": "hidden"}}}
UNAUTHORIZED = {"data": {"hidden": None}, "errors": [{"errorType": "Unauthorized"}]}
BROKEN = {"data": {"hidden": None}, "errors": [{"errorType": "Lambda:Unhandled"}]}
CONNECTED, STARTED = {"type": "connection_ack"}, {"type": "start_ack"}
CHANGED = {"id": "1", "type": "data", "payload": {"data": {"changed": {"name": "change"}}}}


class Invoked:
    """A bench whose function answers so."""

    def __init__(self, error: str, said: Mapping[str, str] | None) -> None:
        self._answer = (error, said)

    def invoke(self, function: str, event: Mapping[str, Any]) -> tuple[str, Any]:
        return self._answer


class Socket:
    """A realtime address that says these things, then nothing."""

    def __init__(self, *says: Mapping[str, object]) -> None:
        self.says, self.sent = list(says), list[dict[str, Any]]()

    def send(self, message: str) -> None:
        self.sent.append(json.loads(message))

    def recv(self, timeout: float) -> str:
        if not self.says:
            raise TimeoutError
        return json.dumps(self.says.pop(0))


@pytest.mark.parametrize(
    ("error", "said", "has"),
    [
        ("Unhandled", DENIED, True),
        ("Unhandled", {"errorType": "KeyError", "errorMessage": "'TABLE'"}, False),
        ("", None, False),
    ],
)
def test_only_a_denied_write_is_a_role_that_is_heeded(
    error: str, said: Mapping[str, str] | None, has: bool
) -> None:
    asked = QUESTIONS[Capability.IAM].ask(cast(Bench, Invoked(error, said)))
    assert asked[0] is has


@pytest.mark.parametrize(("told", "has"), [(UNAUTHORIZED, True), (BROKEN, False), (READ, False)])
def test_only_unauthorized_is_a_fields_authorisation(
    monkeypatch: pytest.MonkeyPatch, told: Mapping[str, object], has: bool
) -> None:
    class Api:
        def ask(self, query: str) -> Mapping[str, object]:
            return told

    monkeypatch.setattr(appsync, "_api", lambda bench: Api())
    question = QUESTIONS[Capability.APPSYNC_FIELD_AUTH]
    assert question.ask(cast(Bench, None))[0] is has


def _mutated(socket: Socket) -> Callable[[], object]:
    def mutate() -> None:
        assert [m["type"] for m in socket.sent] == ["connection_init", "start"], "too early"

    return mutate


@pytest.mark.parametrize(
    ("says", "has", "how"),
    [
        ((CONNECTED, {"type": "ka"}, STARTED, CHANGED), True, "data"),
        ((CONNECTED, STARTED), False, "nothing within 5 s"),
        ((CONNECTED, {"type": "error"}), False, "start at the realtime address"),
        (({"type": "connection_error"},), False, "connection_init at the realtime address"),
        (
            (
                CONNECTED, STARTED,
                {"type": "data", "payload": {"data": {"changed": {"name": None}}}},
            ),
            False, "null",
        ),
    ],
)  # fmt: skip
def test_a_subscription_is_had_once_what_its_mutation_selected_arrives(
    says: Iterable[Mapping[str, object]], has: bool, how: str
) -> None:
    socket = Socket(*says)
    told = heard(socket, {"host": "h", "x-api-key": "k"}, _mutated(socket))
    assert told[0] is has
    assert how in told[1]

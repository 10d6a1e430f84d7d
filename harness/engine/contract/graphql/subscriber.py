"""Subscribes as somebody, and reads what came of it as any other answer is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.clients.realtime import Asking
from harness.engine.contract.exchanges import Outcome, clock
from harness.engine.contract.graphql.document import Asked
from harness.engine.contract.graphql.handshake import Conversation, Refusal, Silent, talking
from harness.engine.contract.graphql.reading import OK, Reading
from harness.model import Identity, Json

if TYPE_CHECKING:
    from harness.engine.contract.graphql.asker import Asker, SentDocument

_STOOD = {"stood": True}


@dataclass(frozen=True)
class Subscribing(Reading):
    """What came of subscribing: it stood, or the errors that it was refused with."""

    @property
    def value(self) -> Json:
        """Something, when it stood."""
        return None if self.errors else _STOOD


def subscribe(
    asker: "Asker", sent: "SentDocument", asked: Asked, identity: Identity, *, times: int = 1
) -> Subscribing | None:
    """Connect, subscribe so many times on one connection, and leave. None without an answer."""
    exchanges, context = asker.exchanges, asker.exchanges.context
    label = asked.field.label
    call = exchanges.begin(f"subscribe {asked.field.name}", sent, None)
    asking = Asking(context.graphql_url, asked.text, asked.variables, identity, context.region)
    start, errors, status = clock(), [], 200
    try:
        with talking(asking, context.timeout) as conversation:
            _talk(conversation, asking, times)
    except Refusal as refusal:
        errors, status = refusal.errors, refusal.status
    except (Silent, OSError) as error:
        exchanges.fail(call, label, sent, error)
        return None
    body: Mapping[str, Json] = {"errors": errors} if errors else {"data": None}
    answer = exchanges.end(
        call, label, sent, status, {"content-type": "application/json"},
        json.dumps(body).encode(), clock() - start, lambda a: _outcome(Subscribing(asked, a)),
    )  # fmt: skip
    return Subscribing(asked, answer)


def _talk(conversation: Conversation, asking: Asking, times: int) -> None:
    for number in range(1, times + 1):
        conversation.start(asking, number)
    conversation.stop()


def _outcome(reading: Subscribing) -> Outcome:
    value = {"outcome": reading.outcome, "errors": list(reading.errors)}
    return Outcome(reading.outcome, "ok" if reading.outcome == OK else "fail", value)

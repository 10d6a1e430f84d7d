"""Sends documents as somebody, and holds every answer against the laws."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType

import requests

from harness.clients import entity_key, telling
from harness.clients.credentials import credentials_for
from harness.engine.contract.answer import Answer, Sent
from harness.engine.contract.exchanges import Exchanges, Outcome, clock
from harness.engine.contract.graphql.answer_laws import (
    ANSWER_LAWS,
    SUBSCRIPTION_LAWS,
    AnswerLaw,
    Ground,
)
from harness.engine.contract.graphql.document import Asked
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.subscriber import subscribe
from harness.engine.contract.response_laws import Broken
from harness.model import Identity, Json

JSON = "application/json"


@dataclass(frozen=True)
class SentDocument(Sent):
    """A document as a person reads it, its variables below."""

    asked: Asked | None = None

    def __str__(self) -> str:
        if self.asked is None:
            return super().__str__()
        return "\n".join([f"{self.asked.field.label} as {self.identity}", *_lines(self.asked)])


class Asker:
    """A GraphQL client of one unit. ``ask`` gives None when no answer came."""

    def __init__(self, exchanges: Exchanges, ground: Ground) -> None:
        self.exchanges = exchanges
        self.ground = ground
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the person's must not stand in between

    def __enter__(self) -> "Asker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._session.close()

    def ask(self, asked: Asked, identity: Identity, *, times: int = 1) -> Reading | None:
        """Ask, with the customer's token; a subscription is subscribed to so many ``times``."""
        if asked.field.kind == "Subscription":
            return self._subscribed(asked, identity, times)
        return self.post(asked.field.label, asked.body(), identity, asked=asked)

    def post(
        self, label: str, body: bytes, identity: Identity, *, asked: Asked | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reading | None:  # fmt: skip
        """Send any body, and judge the answer.

        Args:
            label: what findings call it.
            headers: further ones, or others in place of ours.
        """
        exchanges, context = self.exchanges, self.exchanges.context
        given = {"Content-Type": JSON, context.correlation_header: exchanges.correlation()}
        given |= credentials_for(identity, context.graphql_url, body, region=context.region)
        given |= {**telling(), **(headers or {})}
        sent = SentDocument("POST", "", given, body, identity.name, frozenset(), asked)
        name, key = (asked.field.recorded, self._key(asked.variables)) if asked else (label, None)
        call = exchanges.begin(name, sent, key)
        others = self._others(name, sent, key, asked)
        start = clock()
        try:
            response = self._session.post(
                context.graphql_url, data=body, timeout=context.timeout, allow_redirects=False,
                headers={k: v.encode("latin-1", "replace") for k, v in given.items()},
            )  # fmt: skip
        except requests.RequestException as error:
            exchanges.fail(call, label, sent, error)
            return None
        answer = exchanges.end(
            call, label, sent, response.status_code, response.headers, response.content,
            clock() - start, lambda a: self._outcome(Reading(asked, a)),
        )  # fmt: skip
        reading = Reading(asked, answer)
        for alias, other in others.items():
            part = self._outcome(reading.part(alias))
            context.recorder.complete(other, part.kind, key=part.key, value=dict(part.value))
        return self._judged(label, reading)

    def _subscribed(self, asked: Asked, identity: Identity, times: int) -> Reading | None:
        sent = SentDocument("GET", "", {}, None, identity.name, frozenset(), asked)
        reading = subscribe(self, sent, asked, identity, times=times)
        return reading and self._judged(asked.field.label, reading, SUBSCRIPTION_LAWS)

    def _others(
        self, name: str, sent: Sent, key: str | None, asked: Asked | None
    ) -> dict[str, int]:
        """A call of its own for each further time that a document asks for the field."""
        exchanges = self.exchanges
        return {
            alias: exchanges.begin(name, sent, key, made=False)
            for alias in (asked.roots[1:] if asked else ())
        }

    def broken(self, label: str, broken: Broken, answer: Answer) -> None:
        """A law was broken in a way that only who asked can tell."""
        self.exchanges.breach(label, broken, answer)

    def _judged(
        self, label: str, reading: Reading, laws: Iterable[AnswerLaw] = ANSWER_LAWS
    ) -> Reading:
        for law in laws:
            for broken in law(self.ground, reading):
                self.broken(label, broken, reading.answer)
        return reading

    def _outcome(self, reading: Reading) -> Outcome:
        kind = reading.kind(self.ground.settings.defects)
        return Outcome(reading.outcome, kind, value_of(reading), self._key(reading.data))

    def _key(self, place: Json) -> str | None:
        return entity_key(tuple(self.exchanges.context.keys), place)


def value_of(reading: Reading) -> dict[str, Json]:
    """An answer as a history has it; of a field its value, as REST's body is."""
    return {
        "status": reading.answer.status,
        "outcome": reading.outcome,
        "body": reading.value,
        "errors": list(reading.errors),
    }


def _lines(asked: Asked) -> Iterator[str]:
    yield _cut(asked.text)
    for name, value in asked.variables.items():
        yield _cut(f"  ${name} = {value!r}")


def _cut(text: str, longest: int = 2000) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"

"""Hears every message that crosses the wire and records whether it keeps its contract."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness.laws.messages import PREFIX
from harness.model import Json, Stage
from harness.recorder import Recorder
from harness.specs import MessageContract
from harness.wire import Answer, Attempt

UNKNOWN = "unknown"
"""The channel of a message that is sent where no channel is."""


@dataclass(frozen=True)
class Heard:
    """A message on its way."""

    address: str
    """The end of its queue's URL, topic's ARN or bus's name."""
    text: str
    headers: Mapping[str, Json] = field(default_factory=dict)
    """Message attributes, as texts."""


Sent = Callable[[Mapping[str, Json]], Iterator[Heard]]


@dataclass
class Hearing:
    """Knows the last message of each kind that a producer sent, and tells who waits for one."""

    contract: MessageContract
    recorder: Recorder
    latest: dict[tuple[str, str], Mapping[str, Json]] = field(default_factory=dict)
    """Channel and message → the last one that kept its contract."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Channel → bodies that were sent there; for who waits to see one of their own."""
    sent: Sequence[str] = ()
    """Bodies that the harness put on queues itself: what an application sends on of them, it
    needn't answer for."""
    channels_of: Mapping[str, str] = field(default_factory=dict)
    """Mutation → the channel of what its subscribers are told."""
    listening: bool = False
    """Whether ``texts`` is kept."""
    _ours: list[Json] = field(default_factory=list)
    _channels: dict[str, str] = field(default_factory=dict)

    def bind(self, stage: Stage) -> None:
        """From now on addresses are known."""
        for output, channel in self.contract.by_output.items():
            if output in stage.outputs:
                self._channels[end_of(stage.outputs[output])] = channel

    def crossed(self, attempt: Attempt, answer: Answer) -> None:
        """A call was answered; the wire says so, on its loop."""
        sent = _SENT.get(attempt.name)
        if sent is None or answer.status >= 300:
            return
        for heard in sent(attempt.decoded.parameters):
            self._hear(heard, attempt)

    def posted(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """A double posted a webhook; the one whose channel's address the URL ends in is heard."""
        path = urlsplit(url).path
        channel = next((c for a, c in self.contract.by_path.items() if path.endswith(a)), None)
        if channel is None:
            return
        named = {name.lower(): value for name, value in headers.items()}
        judged = self.contract.judge(channel, _parsed(body.decode("utf-8", "replace")), named)
        flaws: list[Json] = [{"kind": f.kind, "title": f.told} for f in judged.flaws]
        self._record(channel, judged.message, flaws, None)

    def published(self, mutation: str, told: Json, key: str | None) -> None:
        """A function published something over GraphQL: what its subscribers get of it."""
        channel = self.channels_of.get(mutation)
        if channel is None:
            return
        judged = self.contract.judge(channel, told)
        flaws: list[Json] = [{"kind": f.kind, "title": f.told} for f in judged.flaws]
        self._record(channel, judged.message, flaws, key)

    def _hear(self, heard: Heard, attempt: Attempt) -> None:
        channel = self._channels.get(heard.address)
        if not self._channels:  # the stage isn't known yet
            return
        key = attempt.keys[0] if len(attempt.keys) == 1 else None
        if channel is None:
            flaw = {"kind": "channel", "title": f"{attempt.resource} is no channel of the contract"}
            self._record(UNKNOWN, None, [flaw], key)
            return
        if self.listening:
            self.texts.setdefault(channel, []).append(heard.text)
        body = _parsed(heard.text)
        judged = self.contract.judge(channel, body, heard.headers)
        if judged.flaws and self._of_ours(body):
            return
        flaws: list[Json] = [{"kind": f.kind, "title": f.told} for f in judged.flaws]
        if not flaws and isinstance(body, Mapping):
            self.latest[channel, judged.message] = body
        self._record(channel, judged.message, flaws, key)

    def _of_ours(self, body: Json) -> bool:
        """Whether it is one of ours, perhaps with what a redrive added."""
        self._ours += [_parsed(text) for text in self.sent[len(self._ours) :]]
        if not isinstance(body, Mapping):
            return body in self._ours
        return any(isinstance(o, Mapping) and o.items() <= body.items() for o in self._ours)

    def _record(
        self, channel: str, message: str | None, flaws: list[Json], key: str | None
    ) -> None:
        value = {"message": message, "flaws": flaws}
        self.recorder.observe(f"{PREFIX}{channel}", key=key, value=value, feed="wire")


def end_of(address: str) -> str:
    """What tells a queue, topic or bus apart, of its URL, ARN or name."""
    if address.startswith("arn:"):
        address = address.rpartition(":")[2]
    return address.rpartition("/")[2]


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _one(address: str, body: str) -> Sent:
    def sent(asked: Mapping[str, Json]) -> Iterator[Heard]:
        where = end_of(str(asked.get(address, "")))
        yield Heard(where, str(asked.get(body, "")), _attributes(asked))

    return sent


def _batch(address: str, entries: str, body: str) -> Sent:
    def sent(asked: Mapping[str, Json]) -> Iterator[Heard]:
        for entry in asked.get(entries) or ():
            where = end_of(str(asked.get(address, "")))
            yield Heard(where, str(entry.get(body, "")), _attributes(entry))

    return sent


def _attributes(message: Mapping[str, Json]) -> dict[str, Json]:
    given = message.get("MessageAttributes") or {}
    return {name: value.get("StringValue") for name, value in given.items()}


def _events(asked: Mapping[str, Json]) -> Iterator[Heard]:
    for entry in asked.get("Entries") or ():
        yield Heard(end_of(str(entry.get("EventBusName", "default"))), str(entry.get("Detail", "")))


_SENT: Mapping[str, Sent] = {
    "sqs.SendMessage": _one("QueueUrl", "MessageBody"),
    "sqs.SendMessageBatch": _batch("QueueUrl", "Entries", "MessageBody"),
    "sns.Publish": _one("TopicArn", "Message"),
    "sns.PublishBatch": _batch("TopicArn", "PublishBatchRequestEntries", "Message"),
    "events.PutEvents": _events,
}

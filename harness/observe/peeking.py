"""Queues, looked into without receiving: taking a message would steal it from its consumer."""

import http.client
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from harness.model import Json, Stage
from harness.observe.reading import key_of, parsed
from harness.recorder import Recorder


@dataclass(frozen=True)
class Peeked:
    """A message as it lies in its queue, hidden ones too."""

    id: str
    body: str
    attributes: Mapping[str, Json]
    receives: int
    delay: int
    """Seconds it was or is hidden after it was sent."""


_State = tuple[str, int, float]
"""A message's id, how often it was received, and until when it is hidden."""

Peek = Callable[[], Mapping[str, Sequence[Peeked]]]
"""Looks once: queue name → its messages."""


class Peeker:
    """Looks at all queues of the stage's account in one request to the emulator.

    ``path`` is where it shows them; by default where MiniStack does.
    """

    def __init__(self, stage: Stage, path: str = "") -> None:
        assert stage.endpoint is not None  # noqa: S101 (only emulators can be peeked at)
        self._host = urlsplit(stage.endpoint).netloc
        shown = "/_ministack/sqs/messages?" + urlencode({"region": stage.region})
        self._path = path or shown
        self._connection: http.client.HTTPConnection | None = None
        self._read: dict[_State, Peeked] = {}

    def __call__(self) -> dict[str, list[Peeked]]:
        """Queue name → its messages.

        Raises:
            OSError, ValueError: the emulator doesn't answer, or not with that.
        """
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            self._connection.request("GET", self._path)
            answer = json.loads(self._connection.getresponse().read())
        except http.client.HTTPException as error:
            self._connection = None
            raise OSError(f"peeking failed: {error}") from error
        except OSError:
            self._connection = None
            raise
        before, self._read = self._read, {}
        return {
            url.rsplit("/", 1)[-1]: [self._peeked(m, before) for m in messages]
            for regions in answer["messages"].values()
            for queues in regions.values()
            for url, messages in queues.items()
        }

    def _peeked(self, message: Mapping[str, Any], before: Mapping[_State, Peeked]) -> Peeked:
        """Read anew only if it changed: dead letters lie there, look after look."""
        state = message["MessageId"], message["ReceiveCount"], message["VisibleAt"]
        peeked = self._read[state] = before.get(state) or _peeked(message)
        return peeked


def _peeked(message: Mapping[str, Any]) -> Peeked:
    attributes = message.get("MessageAttributes") or {}
    return Peeked(
        id=str(message["MessageId"]),
        body=str(message["Body"]),
        attributes={n: a.get("StringValue") for n, a in attributes.items()},
        receives=int(message["ReceiveCount"]),
        delay=max(0, int(message["VisibleAt"]) - int(message["SentTimestamp"])),
    )


class QueueWatch:
    """Records what appears in and leaves the named queues; knows since when work is all done.

    Args:
        named: queue → its name in the history.
        work: queues that a function consumes; the stage is busy while one of them holds anything.
        taps: queues of the harness's own → what to call while they hold anything: until it is read,
            the stage has something to show, too.
    """

    def __init__(
        self,
        peek: Peek,
        named: Mapping[str, str],
        work: Iterable[str],
        keys: Sequence[str],
        recorder: Recorder,
        clock: Callable[[], float] = time.monotonic,
        taps: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self._peek = peek
        self._taps = taps or {}
        self._named = named
        self._work = frozenset(work)
        self._keys = keys
        self._recorder = recorder
        self._clock = clock
        self._known: dict[str, dict[str, Peeked]] = {queue: {} for queue in named}
        self._looked = float("-inf")
        self._busy = clock()

    def look(self) -> bool:
        """Look once; gives False, since nothing is gained by looking again at once."""
        now = self._clock()
        queues = self._peek()
        for queue, name in self._named.items():
            self._compare(queue, name, queues.get(queue, ()))
        if any(queues.get(queue) for queue in self._work):
            self._busy = self._clock()
        for queue, arrived in self._taps.items():
            if queues.get(queue):
                self._busy = self._clock()
                arrived()
        self._looked = now
        return False

    def stir(self) -> None:
        """Something else showed that the stage is at work."""
        self._busy = self._clock()

    def quiet_for(self, since: float = float("-inf")) -> float:
        """Seconds for which nothing was under way, up to the last look; none before the first that
        began after ``since``."""
        return self._looked - self._busy if self._looked > since else float("-inf")

    def _compare(self, queue: str, name: str, messages: Sequence[Peeked]) -> None:
        before, now = self._known[queue], {m.id: m for m in messages}
        for message in now.values():
            if message.id not in before:
                self._record(name, "appeared", message, len(now))
            elif message.receives > before[message.id].receives:
                self._record(name, "received", message, len(now))
        for message in before.values():
            if message.id not in now:
                self._record(name, "disappeared", message, len(now))
        self._known[queue] = now

    def _record(self, name: str, event: str, message: Peeked, count: int) -> None:
        body = parsed(message.body)
        value = {
            "event": event,
            "count": count,
            "messageId": message.id,
            "receives": message.receives,
            "delay": message.delay,
            "body": body,
            "attributes": dict(message.attributes),
        }
        key = key_of(body, self._keys) or key_of(message.attributes, self._keys)
        self._recorder.observe(f"queue.{name}", key=key, value=value)

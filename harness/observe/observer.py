"""Everything that is watched of one stage, started and stopped together."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from botocore.exceptions import ClientError

from harness.model import Capability, Stage
from harness.observe.blind import Blind, denied
from harness.observe.errors import ObserveError
from harness.observe.feed import Feed
from harness.observe.logs import LogBook
from harness.observe.messages import PAUSE, Tap, tap_bus, tap_topic
from harness.observe.peekers import peeker_of
from harness.observe.peeking import QueueWatch
from harness.observe.processes import Processes
from harness.observe.settings import ObserveSettings
from harness.observe.streams import TableStream
from harness.recorder import Recorder
from harness.targets import Aws

_OFTEN, _SELDOM, _PROCESSES = 0.1, 0.25, 1.0
"""Seconds between two looks: while somebody waits for what is seen, else, and at processes."""
_TOLD = 5.0
"""Seconds between two looks at a tap whose queue is peeked at, which wakes it when it must look."""
_UNTOLD, _FRESH = 0.5, 0.2
"""Seconds between two looks at a table while nobody told of a write, and for which one is fresh: a
stream may show it a little later. A stage that is at work writes."""
_PATIENCE = 5.0


class Observer:
    """Watches a stage from ``start`` to ``stop``; what it sees goes to the recorder.

    What the target was measured to lack, or the caller may not read, isn't watched; ``blind``
    says so.
    """

    def __init__(
        self,
        stage: Stage,
        settings: ObserveSettings,
        recorder: Recorder,
        *,
        aws: Aws | None = None,
        told: bool = False,
    ) -> None:
        """``told``: somebody says whenever a function has ``written``, so that nobody needs to look
        at tables all the time."""
        self._told = told
        self._written = time.monotonic()
        self._tables: list[Feed] = []
        self._stage = stage
        self._settings = settings
        self._recorder = recorder
        self._aws = aws or Aws.of(stage)
        self._feeds: list[Feed] = []
        self._open = ExitStack()
        self._lost: list[str] = []
        self._blind: list[Blind] = []
        self._watch: QueueWatch | None = None
        self._hurries = 0
        self._processes = self._see_processes()
        self.logs = LogBook(
            self._aws,
            stage,
            recorder.now,
            processes=self._processes.count if self._processes else dict,
        )

    def start(self) -> None:
        """Begin to watch: whatever happens after this returned is seen.

        Raises:
            ObserveError: something to watch isn't among the stack's outputs, or can't be watched
                though the caller may.
        """
        self._check_outputs()
        try:
            self._start()
        except ClientError as error:
            self.stop()
            raise ObserveError(
                f"could not watch the stage: {error.operation_name}: "
                f"{error.response['Error']['Message']}",
                "Mend [observe] in harness.toml: each name is a stack output.",
            ) from None
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Look a last time, stop, and take away what was made for watching."""
        feeds, self._feeds = self._feeds, []
        for feed in feeds:
            feed.ask_to_stop()
        for feed in feeds:
            feed.join(_PATIENCE)
        self._open.close()

    def quiet(self, since: float = float("-inf"), *, seconds: float = 0.3) -> bool:
        """Whether for so long no work queue held anything and no watched table changed.

        ``since`` (``time.monotonic()``) is when somebody began to ask: what was put on a queue
        before that is seen. Once something can't be watched any more (``lost``), nobody can tell,
        and waiting would be in vain.
        """
        if self._watch is None or self._lost:
            return True
        return self._watch.quiet_for(since) >= seconds

    def written(self) -> None:
        """A function has written to some table just now; any thread may say so."""
        seldom = not self._may_write
        self._written = time.monotonic()
        if seldom:  # else they are looked at often anyway; each write's own look would cost more
            for feed in self._tables:
                feed.wake()

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Look often meanwhile: somebody waits for what is seen.

        A look costs the emulator and us a request, and most see nothing.
        """
        self._hurries += 1
        self._wake()
        try:
            yield
        finally:
            self._hurries -= 1

    @property
    def lost(self) -> tuple[str, ...]:
        """What could no longer be watched, and why: a dead emulator above all."""
        return tuple(self._lost)

    @property
    def blind(self) -> tuple[Blind, ...]:
        """What this target doesn't let anybody watch, or not this caller."""
        return tuple(self._blind)

    def _start(self) -> None:
        stage, settings = self._stage, self._settings
        taps: dict[str, Callable[[], None]] = {}
        peeked = self._can(Capability.QUEUE_PEEK, "queues", "queue.")
        tables = {output: f"{t.entity}.{t.state}" for output, t in settings.tables.items()}
        if tables and self._can(Capability.STREAM_READ, "table streams", *tables.values()):
            for output, name in tables.items():
                with self._allowed(Capability.STREAM_READ, f"the stream of {output}", name):
                    self._watch_table(output)
        if settings.buses and self._can(Capability.BUS_TO_QUEUE, "buses", "bus."):
            for output in settings.buses:
                with self._allowed(Capability.BUS_TO_QUEUE, f"the bus {output}", "bus."):
                    tap = tap_bus(self._aws, stage, output, settings.key, self._recorder)
                    taps[tap.name] = self._listen(f"the bus {output}", tap, told=peeked)
        if settings.topics and self._can(Capability.TOPIC_TO_QUEUE, "topics", "topic."):
            for output in settings.topics:
                name = f"topic.{output}"
                with self._allowed(Capability.TOPIC_TO_QUEUE, f"the topic {output}", name):
                    tap = tap_topic(self._aws, stage, output, settings.key, self._recorder)
                    taps[tap.name] = self._listen(f"the topic {output}", tap, told=peeked)
        if peeked:
            with self._allowed(Capability.QUEUE_PEEK, "queues", "queue."):
                self._watch_queues(taps)
        if self._processes is not None:
            self._feed("processes", self._processes.look, lambda: _PROCESSES)
        for feed in self._feeds:
            feed.start()

    def _watch_table(self, output: str) -> None:
        table = self._settings.tables[output]
        stream = TableStream(
            self._aws, self._stage, output, table, self._recorder, changed=self._stir
        )
        # Once before anybody relies on it: who may describe a stream may not read it for that.
        stream.look()
        feed = self._feed(f"the stream of {output}", stream.look, self._pause_of_tables)
        self._tables.append(feed)

    def _listen(self, about: str, tap: Tap, *, told: bool) -> Callable[[], None]:
        """Read a tap; gives what to call when its queue was seen to hold something."""
        self._open.callback(tap.close)
        return self._feed(about, tap.look, lambda: _TOLD if told else PAUSE, waits=True).wake

    def _watch_queues(self, taps: Mapping[str, Callable[[], None]]) -> None:
        outputs = self._stage.outputs
        named = {outputs[o].rsplit("/", 1)[-1]: name for o, name in self._settings.queues.items()}
        consumed = self._consumed()
        self._watch = QueueWatch(
            peeker_of(self._stage, {*named, *consumed, *taps}), named, consumed, self._settings.key,
            self._recorder, taps=taps,
        )  # fmt: skip
        self._feed("queues", self._watch.look, self._pause_of_queues)

    def _consumed(self) -> set[str]:
        """The queues that a function of the stage consumes."""
        ours = set(self._stage.functions.values())
        pages = self._aws.client("lambda").get_paginator("list_event_source_mappings").paginate()
        return {
            mapping["EventSourceArn"].rsplit(":", 1)[-1]
            for page in pages
            for mapping in page["EventSourceMappings"]
            if ":sqs:" in mapping.get("EventSourceArn", "")
            and mapping["FunctionArn"].split(":function:")[-1].split(":")[0] in ours
        }

    def _see_processes(self) -> Processes | None:
        stage = self._stage
        if stage.endpoint is None or not stage.can(Capability.PROCESSES):
            return None
        return Processes(stage.functions_endpoint or stage.endpoint, stage.functions)

    def _stir(self) -> None:
        if self._watch is not None:
            self._watch.stir()

    def _can(self, capability: Capability, what: str, *names: str) -> bool:
        if self._stage.can(capability):
            return True
        self._blind.append(Blind(what, capability, self._stage.lacks(capability), names))
        return False

    @contextmanager
    def _allowed(self, capability: Capability, what: str, *names: str) -> Iterator[None]:
        """What the caller may not read is one thing less that is seen, and no error of anybody's:
        the rest of the stage can be judged."""
        try:
            yield
        except ClientError as error:
            why = denied(error)
            if why is None:
                raise
            self._blind.append(Blind(what, capability, why, names))

    def _feed(
        self,
        name: str,
        look: Callable[[], bool],
        pause: Callable[[], float],
        *,
        waits: bool = False,
    ) -> Feed:
        feed = Feed(name, look, pause=pause, lost=self._on_lost, waits=waits)
        self._feeds.append(feed)
        return feed

    def _pause(self) -> float:
        return _OFTEN if self._hurries else _SELDOM

    def _pause_of_tables(self) -> float:
        return self._pause() if self._may_write else _UNTOLD

    def _pause_of_queues(self) -> float:
        return self._pause() if self._may_write else _SELDOM

    @property
    def _may_write(self) -> bool:
        """Whether functions are likely to write just now, as far as anybody knows."""
        return not self._told or time.monotonic() - self._written < _FRESH

    def _wake(self) -> None:
        for feed in self._feeds:
            feed.wake()

    def _on_lost(self, what: str, why: str) -> None:
        self._lost.append(f"{what}: {why}")
        self._recorder.observe("observe.lost", value={"kind": what, "reason": why})

    def _check_outputs(self) -> None:
        s = self._settings
        named = [*s.tables, *s.buses, *s.topics, *s.queues]
        missing = [name for name in named if name not in self._stage.outputs]
        if missing:
            raise ObserveError(
                f"[observe] names outputs that the stack doesn't have: {', '.join(missing)}",
                f"Its outputs: {', '.join(sorted(self._stage.outputs)) or 'none'}.",
            )

"""A story's ear: a subscription, or what follows one, for a caller that isn't asynchronous."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from harness.clients import Ended, Follower, Message, Step, Subscription
from harness.engine.loop import Loop
from harness.model import Json
from harness.recorder import Recorder


@dataclass
class Listening:
    """Subscribed while it is entered. What is heard is in the history."""

    subscription: Subscription
    loop: Loop
    refused: Ended | None = None
    """Why the subscription didn't come to stand; None when it did."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything received so far, repeats included."""
        return tuple(self.subscription.messages)

    def drop(self) -> None:
        """Break the connection now, as a network does; it comes back by itself."""
        self._do(self.subscription.drop)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Without connection while this lasts; nothing that happens meanwhile is heard."""
        self._do(self.subscription.go_away)
        try:
            yield
        finally:
            self._do(self.subscription.come_back)

    def __enter__(self) -> Self:
        try:
            self.refused = self.loop.run(self._begin())
        except BaseException:
            self.loop.run(self.subscription.end())
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.run(self._leave())

    async def _begin(self) -> Ended | None:
        first = await self.subscription.begin()
        return first if isinstance(first, Ended) else None

    async def _leave(self) -> None:
        await self.subscription.end()

    def _do(self, act: Callable[[], None]) -> None:
        async def there() -> None:
            act()

        self.loop.run(there())


@dataclass
class Following(Listening):
    """Follows what a subscription is about while it is entered; each step is in the history, as
    ``followed onX``, when it is shown."""

    present: Callable[[], Awaitable[Iterable[Json] | None]] = field(kw_only=True)
    step: Callable[[Json], Step | None] = field(kw_only=True)
    recorder: Recorder = field(kw_only=True)
    steps: list[Step] = field(default_factory=list)
    """What was shown so far, in order."""
    _task: "asyncio.Future[Ended] | None" = None

    async def _begin(self) -> Ended | None:
        follower = Follower(self.subscription, self.present, self.step, self._show)
        self._task = asyncio.ensure_future(follower.run())
        stands = asyncio.ensure_future(follower.caught_up.wait())
        await asyncio.wait([self._task, stands], return_when=asyncio.FIRST_COMPLETED)
        stands.cancel()
        return self._task.result() if self._task.done() else None

    async def _leave(self) -> None:
        task, ended = self._task, None
        if task is not None:
            task.cancel()
            [ended] = await asyncio.gather(task, return_exceptions=True)
        await super()._leave()
        if isinstance(ended, Exception):
            raise ended  # the story's own queries broke

    def _show(self, step: Step) -> None:
        self.steps.append(step)
        name = self.subscription.identity.name if self.subscription.identity else None
        value = {
            "identity": name,
            "subscriber": self.subscription.subscriber,
            "sequence": step.sequence,
            "via": step.via,
            "body": step.value,
        }
        self.recorder.observe(
            f"followed {self.subscription.field_name}", key=step.key, value=value, feed="client"
        )

"""One asyncio loop on a thread of its own, for everything of the harness that speaks HTTP."""

import asyncio
import threading
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


class Loop:
    """Runs coroutines for callers that are not asynchronous themselves (stories, laws, pytest)."""

    def __init__(self) -> None:
        self.asyncio = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.asyncio.run_forever, name="loop", daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[T]) -> T:
        """Wait for one awaitable and give its result."""
        return asyncio.run_coroutine_threadsafe(_await(work), self.asyncio).result()

    def together(self, work: Iterable[Awaitable[T]], at_once: int = 8) -> list[T]:
        """Wait for all, so many at once; the results in the order given. The first error is
        raised after all have ended, so that nothing of this work runs into the next."""
        results = self.run(_gather(list(work), at_once))
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results  # type: ignore[return-value]  # no exception is left among them

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        if self.asyncio.is_closed():
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), self.asyncio).result(5)
        self.asyncio.call_soon_threadsafe(self.asyncio.stop)
        self._thread.join(5)
        self.asyncio.close()


async def _await(work: Awaitable[T]) -> T:
    return await work


async def _gather(work: list[Awaitable[T]], at_once: int) -> list[T | BaseException]:
    room = asyncio.Semaphore(at_once)

    async def one(item: Awaitable[T]) -> T:
        async with room:
            return await item

    return await asyncio.gather(*map(one, work), return_exceptions=True)


async def _cancel_all() -> None:
    mine = asyncio.current_task()
    tasks = [t for t in asyncio.all_tasks() if t is not mine]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

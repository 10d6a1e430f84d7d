"""Laws know nothing of each other, so that several processes can judge one history."""

import gc
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")


def side_by_side(do: Callable[[int], T], count: int, processes: int) -> tuple[T, ...]:
    """``do(0)`` … ``do(count - 1)``, in this order, by at most so many processes.

    The processes are forks: they share what is in memory, and send what ``do`` gives.

    Raises:
        RuntimeError: a process ended before it had sent everything (killed, out of memory).
    """
    wanted = min(processes, count)
    if wanted <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        return tuple(do(n) for n in range(count))
    context = multiprocessing.get_context("fork")
    turn = context.Value("i", 0)
    pipes = [context.Pipe(duplex=False) for _ in range(wanted)]
    gc.freeze()  # a collection would write to every object, and so copy all of the memory
    try:
        workers = [
            context.Process(target=_work, args=(do, count, turn, sender), daemon=True)
            for _, sender in pipes
        ]
        for worker in workers:
            worker.start()
        for _, sender in pipes:
            sender.close()
        done = dict(pair for receiver, _ in pipes for pair in _all(receiver))
        for worker in workers:
            worker.join()
    finally:
        gc.unfreeze()
    if len(done) < count:
        raise RuntimeError(f"{count - len(done)} of {count} results are missing: a process died")
    return tuple(done[n] for n in range(count))


def _work(do: Callable[[int], Any], count: int, turn: Any, sender: Connection) -> None:
    """Whoever is free takes the next."""
    while True:
        with turn.get_lock():
            mine, turn.value = turn.value, turn.value + 1
        if mine >= count:
            return
        sender.send((mine, do(mine)))


def _all(receiver: Connection) -> list[tuple[int, Any]]:
    found = []
    while True:
        try:
            found.append(receiver.recv())
        except EOFError:
            return found

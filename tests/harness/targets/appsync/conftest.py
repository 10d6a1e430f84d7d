"""A front over the notes' template, whose functions are the test's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.targets.appsync import AppSyncFront, Invocation
from tests.harness.targets.appsync.calls import Client, Functions, stage
from tests.harness.targets.appsync.notes.src import app
from tests.harness.targets.appsync.tokens import Issuer, served

Open = Callable[..., AppSyncFront]


@pytest.fixture
def anyio_backend() -> str:
    """What asynchronous tests run on."""
    return "asyncio"


@pytest.fixture
def functions() -> Functions:
    """The notes' own functions, until a test puts another in."""
    handlers = {"Notes": app.notes, "Audit": app.audit, "Related": app.related,
                "Authorizer": app.authorize}  # fmt: skip
    return Functions({f"notes-{n}Function": _handler(f) for n, f in handlers.items()})


def _handler(function: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda event: function(event, None)


@pytest.fixture
def open_front(functions: Functions) -> Iterator[Open]:
    """Starts fronts; changes to the template by logical id."""
    opened: list[AppSyncFront] = []

    def make(changes: dict[str, Any] | None = None, **settings: Any) -> AppSyncFront:
        front = AppSyncFront(stage(**(changes or {})), invoke=functions, **settings)
        opened.append(front)
        front.start()
        return front

    yield make
    for front in opened:
        front.stop()


class _Switch:
    """Calls the running test's functions."""

    to: Functions

    async def __call__(self, function: str, payload: Any) -> Invocation:
        return await self.to(function, payload)


@pytest.fixture(scope="session")
def _shared() -> Iterator[tuple[AppSyncFront, _Switch]]:
    switch = _Switch()
    front = AppSyncFront(stage(), invoke=switch)
    front.start()
    yield front, switch
    front.stop()


@pytest.fixture
def client(_shared: tuple[AppSyncFront, _Switch], functions: Functions) -> Iterator[Client]:
    """Somebody with the API key, at a front as the template has it."""
    front, switch = _shared
    switch.to = functions
    client = Client(front)
    yield client
    client.pool.clear()


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """An issuer that the notes' API trusts, once ``discovery`` says where it is."""
    with served(Issuer()) as made:
        yield made

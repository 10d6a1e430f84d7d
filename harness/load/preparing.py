"""Who the customers are and what they want: made by the application, before the load begins.

``harness.toml`` names a function, ``[load] prepare = "module:NAME"``, that is called in the
harness's process with the stage that is up::

    def prepare(stage: Stage, wanted: Wanted) -> Prepared: ...
"""

import importlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.engine import Stage
from harness.load.errors import LoadError
from harness.model import Identity, Json

Errand = Callable[..., Awaitable[Json]]
"""Something that customers have done beside the stage, such as a payment at a provider's double;
a coroutine function on the harness's loop, called with the arguments that the customer names."""


@dataclass(frozen=True)
class Wanted:
    """How much load is asked for."""

    customers: int
    journeys: int
    seed: int
    """Equal seeds want equal things."""


@dataclass(frozen=True)
class Prepared:
    """Who comes, and what for."""

    customers: Sequence[Identity]
    """One for each of Locust's users: what is limited by caller is limited as it will be."""
    wishes: Sequence[Json]
    """One for each journey; they are taken in this order, by whoever is free."""
    errands: Mapping[str, Errand] = field(default_factory=dict)


Prepare = Callable[[Stage, Wanted], Prepared]


def prepare_of(named: str) -> Prepare:
    """The function of this ``module:NAME``.

    Raises:
        LoadError: it can't be had, or takes something else.
    """
    module, _, name = named.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), name)
        inspect.signature(found).bind(None, None)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise LoadError(
            f"harness.toml: [load] prepare = {named!r} can't be had: {error}",
            "Give module:NAME of a function of the stage and what is wanted.",
        ) from error
    prepare: Prepare = found
    return prepare


def prepared(prepare: Prepare, stage: Stage, wanted: Wanted) -> Prepared:
    """What the application made of it.

    Raises:
        LoadError: it made too few customers or wishes.
    """
    made = prepare(stage, wanted)
    for what, got, least in (
        ("customers", made.customers, wanted.customers),
        ("wishes", made.wishes, wanted.journeys),
    ):
        if len(got) != least:
            raise LoadError(
                f"[load] prepare made {len(got)} {what}, {least} were wanted",
                "Make as many as it is asked for.",
            )
    return made

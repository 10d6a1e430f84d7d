"""Keeps what happens to be imported out of what Hypothesis draws."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from harness.model import HarnessError

_PLACE, _CACHE = "_get_local_constants", "CONSTANTS_CACHE"


@contextmanager
def no_local_constants() -> Iterator[None]:
    """Inside, Hypothesis doesn't mix constants of local modules into what it draws.

    Otherwise the same seed gives other cases under ``pytest``, ``python -m pytest`` and xdist,
    since each imports other modules. The places are private; a version without them is refused
    rather than trusted.

    Raises:
        HarnessError: this version of Hypothesis keeps them elsewhere.
    """
    # Through a dictionary, so that their absence is ours to report.
    private: dict[str, Any] = vars(providers)
    original, cache = private.get(_PLACE), private.get(_CACHE)
    if original is None or cache is None or inspect.signature(original).parameters:
        raise HarnessError(
            "this version of Hypothesis can't be kept from drawing constants of local modules, so "
            "cases would not be the same twice",
            "Install the version of hypothesis that stageproof's constraints name.",
        )
    none = Constants()
    private[_PLACE] = lambda: none
    # What was drawn before in this process was cached together with its local constants.
    private[_CACHE] = LRUCache(1024)
    try:
        yield
    finally:
        private[_PLACE], private[_CACHE] = original, cache

"""Garbage is looked for seldom.

LocalStack has a million and a half of objects that stay, mostly models of AWS's APIs, and Python
looks through its young ones every 2,000 that are made: a sixth of what it does. What a request
leaves is freed as its last reference goes; only cycles wait.
"""

import gc

_OFTEN = (50_000, 20, 50)
"""Objects made and not freed until the youngest are looked through; how often those, until the
next older ones are, and those, until all are."""


def patch() -> None:
    """From now on."""
    gc.set_threshold(*_OFTEN)

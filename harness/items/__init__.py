"""pytest's side of the engine: what is collected, how an item runs, what a failure says."""

from harness.items.places import places
from harness.items.units import Units

__all__ = ["Units", "places"]

"""Event contracts: what functions send is heard on the wire, and their consumers are tried."""

from harness.engine.events.hearing import Hearing
from harness.engine.events.run import EventContext, run_event_unit
from harness.engine.events.units import EventUnit, event_units, published_on

__all__ = ["EventContext", "EventUnit", "Hearing", "event_units", "published_on", "run_event_unit"]

"""What a stage did by itself: table streams, bus, topics, queues by peeking, function logs.

The ``Observer`` watches on threads of its own and writes through the recorder; it takes nothing
that the application would have got.
"""

from harness.observe.blind import Blind
from harness.observe.errors import ObserveError
from harness.observe.logs import LogBook
from harness.observe.observer import Observer
from harness.observe.peekers import peeker_of
from harness.observe.peeking import Peek, Peeked
from harness.observe.settings import ObserveSettings, TableSettings

__all__ = [
    "Blind",
    "LogBook",
    "ObserveError",
    "ObserveSettings",
    "Observer",
    "Peek",
    "Peeked",
    "TableSettings",
    "peeker_of",
]

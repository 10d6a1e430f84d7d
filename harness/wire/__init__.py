"""The wire: a proxy between a stage's functions and AWS that sees every call, and can fail any.

Each attempt of each SDK call is recorded (feed ``wire``), with the function, invocation and cause
behind it, and whatever fault is planned for it is done: an error in AWS's own shape, an answer
lost after its effect, a duplicate, a kill.
"""

from harness.wire.applicable import AWS, WAYS, Applied, Kind, Way, faults_at, ways_of
from harness.wire.checking import Checks, Other
from harness.wire.errors import WireError
from harness.wire.messages import Answer
from harness.wire.points import FaultPoint, points_of
from harness.wire.settings import WireSettings
from harness.wire.tap import Attempt
from harness.wire.wire import Wire, open_wire

__all__ = [
    "AWS",
    "WAYS",
    "Answer",
    "Applied",
    "Attempt",
    "Checks",
    "FaultPoint",
    "Kind",
    "Other",
    "Way",
    "Wire",
    "WireError",
    "WireSettings",
    "faults_at",
    "open_wire",
    "points_of",
    "ways_of",
]

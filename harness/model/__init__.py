"""The vocabulary: what every other room of the harness talks in.

Ground floor: imports nothing else of the harness.
"""

from harness.model.errors import HarnessError
from harness.model.fault import (
    Action,
    Attempts,
    Fault,
    Firing,
    Nth,
    PerKey,
    Place,
    Plan,
    Point,
    which,
)
from harness.model.finding import Exchange, Finding, Unknown, UnknownKind, fingerprint
from harness.model.frozen import Frozen, Json
from harness.model.history import Call, Header, History
from harness.model.judgement import Judgement, Law, undecided
from harness.model.record import GONE, Feed, Kind, Record, parse_record
from harness.model.result import Admission, CaseCount, UnitKind, UnitResult
from harness.model.signal import Signal
from harness.model.stage import Capability, Identity, Measured, Stage
from harness.model.verdict import Verdict, worst

__all__ = [
    "GONE",
    "Action",
    "Admission",
    "Attempts",
    "Call",
    "Capability",
    "CaseCount",
    "Exchange",
    "Fault",
    "Feed",
    "Finding",
    "Firing",
    "Frozen",
    "HarnessError",
    "Header",
    "History",
    "Identity",
    "Json",
    "Judgement",
    "Kind",
    "Law",
    "Measured",
    "Nth",
    "PerKey",
    "Place",
    "Plan",
    "Point",
    "Record",
    "Signal",
    "Stage",
    "UnitKind",
    "UnitResult",
    "Unknown",
    "UnknownKind",
    "Verdict",
    "fingerprint",
    "parse_record",
    "undecided",
    "which",
    "worst",
]

"""The one writer of a run's history; every feed writes through it."""

from harness.recorder.reading import HistoryError, read_history
from harness.recorder.recorder import Recorder
from harness.recorder.redaction import Redaction

__all__ = ["HistoryError", "Recorder", "Redaction", "read_history"]

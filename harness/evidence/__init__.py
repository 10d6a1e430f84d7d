"""The folder that a run leaves: records, results, digests and the verdict they support."""

from harness.evidence.baseline import FILE as BASELINE
from harness.evidence.baseline import Baseline, Known, found, read_baseline
from harness.evidence.conclusion import (
    WHOLE,
    Conclusion,
    FaultsSearched,
    FaultsTried,
    conclude,
    one_whole,
)
from harness.evidence.coverage import Coverage, OperationCoverage
from harness.evidence.folder import EvidenceError, Folder, Manifest, StageSheet
from harness.evidence.parity import Difference, Side, differences
from harness.evidence.replay import Broke, Replay, read_replay

__all__ = [
    "BASELINE",
    "WHOLE",
    "Baseline",
    "Broke",
    "Conclusion",
    "Coverage",
    "Difference",
    "EvidenceError",
    "FaultsSearched",
    "FaultsTried",
    "Folder",
    "Known",
    "Manifest",
    "OperationCoverage",
    "Replay",
    "Side",
    "StageSheet",
    "conclude",
    "differences",
    "found",
    "one_whole",
    "read_baseline",
    "read_replay",
]

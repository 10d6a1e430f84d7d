"""The folder that a run leaves: records, results, digests and the verdict they support."""

from harness.evidence.conclusion import WHOLE, Conclusion, FaultsSearched, conclude
from harness.evidence.coverage import Coverage, OperationCoverage
from harness.evidence.folder import EvidenceError, Folder, Manifest, StageSheet
from harness.evidence.parity import Difference, Side, differences
from harness.evidence.replay import Broke, Replay, read_replay

__all__ = [
    "WHOLE",
    "Broke",
    "Conclusion",
    "Coverage",
    "Difference",
    "EvidenceError",
    "FaultsSearched",
    "Folder",
    "Manifest",
    "OperationCoverage",
    "Replay",
    "Side",
    "StageSheet",
    "conclude",
    "differences",
    "read_replay",
]

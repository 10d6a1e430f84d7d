"""The search: a story's fault points, failed one by one in every way that applies.

A story is played without faults to see where something can go wrong; then once for each of these
points and each fault that applies there, on several stages side by side. Its own
laws judge, and those that always hold.
"""

from harness.search.coverage import Counts, FaultCoverage, coverage_of
from harness.search.exploration import Candidate, Exploration, Leftout, Outcome
from harness.search.memory import Memory, digest_of, sources
from harness.search.plans import drawn_plans, singles
from harness.search.recording import Recorded
from harness.search.search import Searched, Told, search
from harness.search.spots import Spot

__all__ = [
    "Candidate",
    "Counts",
    "Exploration",
    "FaultCoverage",
    "Leftout",
    "Memory",
    "Outcome",
    "Recorded",
    "Searched",
    "Spot",
    "Told",
    "coverage_of",
    "digest_of",
    "drawn_plans",
    "search",
    "singles",
    "sources",
]

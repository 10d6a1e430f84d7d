"""Measures what a target can do, on a small stack that does what it is asked.

``probe`` deploys the stack to a started target, asks everything and gives what it found. What was
found is data (``harness/targets/measured``), and it alone decides what a template loses and what is
``unknown(capability)``.
"""

from harness.probe.asking import QUESTIONS, Question
from harness.probe.comparing import differences
from harness.probe.probing import probe
from harness.probe.table import table
from harness.probe.writing import write

__all__ = ["QUESTIONS", "Question", "differences", "probe", "table", "write"]

"""Readers of evidence: each turns one conclusion into something for somebody."""

from harness.report.junit import junit
from harness.report.picture import picture
from harness.report.progress import Progress, follow
from harness.report.terminal import COMMAND, screen

__all__ = ["COMMAND", "Progress", "follow", "junit", "picture", "screen"]

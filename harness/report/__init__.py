"""Readers of evidence: each turns one conclusion into something for somebody."""

from harness.report.junit import junit
from harness.report.picture import picture
from harness.report.progress import Progress, follow
from harness.report.terminal import screen

__all__ = ["Progress", "follow", "junit", "picture", "screen"]

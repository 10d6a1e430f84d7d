"""The verdict screen as a picture, for a page or a chat."""

import re
from io import StringIO

from rich.console import Console

from harness.evidence import Conclusion
from harness.report.terminal import screen

_WIDTH = 118
_ELSEWHERE = re.compile(r"@font-face\s*\{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)
"""Fonts of another machine, and whose library drew it."""


def picture(conclusion: Conclusion) -> str:
    """An SVG of the screen, in colours, that asks no other machine for a font."""
    console = Console(record=True, width=_WIDTH, file=StringIO(), force_terminal=True)
    console.print(screen(conclusion))
    svg = console.export_svg(title="stageproof verify")
    return _ELSEWHERE.sub("", svg)

"""Execution environments that start with their libraries loaded, where functions are processes.

A cold start on this machine spends most of its time on importing the same libraries again. A
*nursery* is one Python that has imported them; an execution environment is forked off it, and is
a process of its own from then on. What a function can tell of it is that it starts sooner.

===============  ==================================================================================
``starting``     runs the emulator, with a nursery beside it, and has it start functions through:
``handover``     hands what it was started with to the nursery, and stands for the environment
``nursery``      has libraries loaded, as functions were seen to need them, and forks
``loaded``       what that is, and for which functions it is what they would have loaded themselves
``environment``  what a forked process becomes, or, where loaded libraries might differ from those
                 that the function would find by itself, runs instead: the ordinary Python
===============  ==================================================================================

They run on the emulator's Python, as scripts, and import the standard library and each other.
"""

import sys
from pathlib import Path

STARTING = Path(__file__).with_name("starting.py")


def started(python: Path, program: Path) -> list[str | Path]:
    """What starts an emulator that is a Python program, its functions by a nursery where possible.

    Forking what has run already is safe on Linux; elsewhere the emulator is started as it is.
    """
    return [python, STARTING, program] if sys.platform == "linux" else [python, program]

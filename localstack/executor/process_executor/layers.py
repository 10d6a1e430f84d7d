"""A function's layers, laid over each other as AWS lays them into /opt."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path


def lay(layers: Sequence[Path], into: Path) -> Path | None:
    """The folder that stands for /opt: the later layer wins. None without layers.

    A single layer is used where it lies; several are linked together in ``into``.
    """
    if len(layers) < 2:
        return layers[0] if layers else None
    if not into.exists():
        into.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=into.parent))
        for layer in layers:
            shutil.copytree(layer, part, dirs_exist_ok=True, copy_function=_link)
        part.rename(into)
    return into


def _link(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)

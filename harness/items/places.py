"""Which files pytest is given when nobody names any."""

from pathlib import Path

import pytest

from harness.config import load_config
from harness.model import HarnessError


def places(path: str) -> list[str]:
    """Those of a ``harness.toml``.

    Raises:
        pytest.UsageError: it can't be read.
    """
    file = Path(path)
    try:
        config = load_config(file)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    return config.places(file.resolve().parent)

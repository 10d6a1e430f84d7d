"""Which files pytest is given when nobody names any."""

from pathlib import Path

import pytest

from harness.config import load_config
from harness.model import HarnessError


def places(path: str) -> list[str]:
    """The contract and the scenario folders of a ``harness.toml``.

    Raises:
        pytest.UsageError: it can't be read.
    """
    file = Path(path)
    try:
        config = load_config(file)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    root = file.resolve().parent
    return [str(root / p) for p in (config.contracts.openapi, *config.scenarios.folders)]

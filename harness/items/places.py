"""Which files pytest is given when nobody names any."""

from pathlib import Path

import pytest

from harness.config import load_config
from harness.model import HarnessError


def places(path: str) -> list[str]:
    """The scenario folders and the contract of a ``harness.toml``, in the order they are run.

    Scenarios come first: contract cases leave behind entities that nobody goes on with, and a
    stage that has to look after hundreds of them is slow to settle.

    Raises:
        pytest.UsageError: it can't be read.
    """
    file = Path(path)
    try:
        config = load_config(file)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    root = file.resolve().parent
    return [str(root / p) for p in (*config.scenarios.folders, config.contracts.openapi)]

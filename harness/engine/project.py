"""What is verified: an application's folder, its settings and its contracts."""

import sys
from dataclasses import dataclass
from pathlib import Path

from harness.config import Config, load_config
from harness.specs import Contracts, load_contracts


@dataclass(frozen=True)
class Project:
    """What is verified: its folder, its ``harness.toml`` and its contracts, read and linted."""

    root: Path
    config: Config
    contracts: Contracts

    @classmethod
    def load(cls, path: Path) -> "Project":
        """Read and check all of it; the application's own modules can be imported afterwards.

        Raises:
            HarnessError: with every mistake, its file and line, and how to mend it.
        """
        config = load_config(path)
        root = path.resolve().parent
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
        return cls(root, config, load_contracts(config.contracts, root))

"""What is verified: an application's folder, its settings and its contracts."""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.config import Config, ConfigError, load_config
from harness.engine.graphql_names import misnamed
from harness.evidence import BASELINE, Baseline, read_baseline
from harness.sdl import Mode
from harness.specs import Contracts, load_contracts

_PROOFS = {"api_key": Mode.API_KEY, "iam": Mode.IAM}
"""Kind of identity → how it proves who it is, where that isn't a token."""


@dataclass(frozen=True)
class Project:
    """What is verified: its folder, its ``harness.toml`` and its contracts, read and linted."""

    root: Path
    config: Config
    contracts: Contracts
    baseline: Baseline = field(default_factory=Baseline)
    """What is known to be wrong."""

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
        contracts = _as_called(load_contracts(config.contracts, root), config)
        mistakes = list(misnamed(config.checks.graphql, contracts))
        if mistakes:
            lines = "\n".join(f"  {line}" for line in mistakes)
            raise ConfigError(
                f"{path} names what its contracts don't have:\n{lines}", "Mend the lines above."
            )
        return cls(root, config, contracts, read_baseline(root / BASELINE))

    def searching(self, target: str) -> "Project":
        """The same, with what a search's stages are given on that target."""
        return replace(self, config=self.config.searching(target))

    def loading(self, target: str) -> "Project":
        """The same, with what a stage under load is given on that target."""
        return replace(self, config=self.config.loading(target))


def _as_called(contracts: Contracts, config: Config) -> Contracts:
    """The contracts, with how this application's customers prove who they are."""
    if contracts.graphql is None:
        return contracts
    kinds = (config.identities[name].kind for name in config.checks.identities)
    customers = frozenset(_PROOFS[kind] for kind in kinds if kind in _PROOFS)
    return replace(contracts, graphql=replace(contracts.graphql, customers=customers))

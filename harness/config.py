"""``harness.toml``: what an application tells the harness of itself."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from harness.clients import IdentitySettings
from harness.deploy import PackageSettings, SeedSettings
from harness.doubles import DoubleSettings
from harness.model import Frozen, HarnessError
from harness.observe import ObserveSettings
from harness.specs import ContractSettings
from harness.targets import TargetSettings

FILE = "harness.toml"


class ConfigError(HarnessError):
    """``harness.toml`` is missing, isn't TOML, or says something that isn't understood."""


class ScenarioSettings(Frozen):
    """Where the application's stories are."""

    folders: tuple[str, ...] = ()
    laws: str = Field(default="", pattern=r"^$|^[\w.]+:\w+$")
    """``module:NAME`` of the laws that judge the whole history of a run at its end."""
    patience: float = Field(default=30.0, gt=0)
    """Seconds that a story waits at most for the stage to get somewhere."""


class ContractRun(Frozen):
    """How hard the contracts are tried."""

    examples: int = Field(default=25, ge=1, le=10_000)
    """Generated cases at most for one operation and kind of check."""
    stateful: int = Field(default=20, ge=1, le=10_000)
    """Sequences of linked operations."""
    identities: tuple[str, ...] = ()
    """The customers that contract checks call as, by name; the first is the owner."""
    limited: str = ""
    """An identity of a tier with a low limit, that exhausts each limited operation on purpose."""
    forged: dict[str, str] = Field(default_factory=dict)
    """Kind of bad token → the identity that carries it: ``expired``, ``wrong audience`` …"""
    signatures: dict[str, str] = Field(default_factory=dict)
    """Security scheme of signed requests → the double that signs them (its ``sign(body)``)."""
    correlation_header: str = "X-Correlation-Id"


class HistorySettings(Frozen):
    """What of the application's data may stand in a history."""

    allow: tuple[str, ...] = ()


class ClockSettings(Frozen):
    """Functions whose real schedule is too long for a run."""

    invoke: tuple[str, ...] = ()
    """Stack outputs that name them; invoked while a stage is waited on."""


class Config(Frozen):
    """All of ``harness.toml``. Paths are relative to its folder."""

    application: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    template: str
    contracts: ContractSettings
    package: PackageSettings = PackageSettings()
    targets: dict[str, TargetSettings] = Field(default_factory=dict)
    doubles: dict[str, DoubleSettings] = Field(default_factory=dict)
    identities: dict[str, IdentitySettings] = Field(default_factory=dict)
    seed: dict[str, SeedSettings] = Field(default_factory=dict)
    observe: ObserveSettings = ObserveSettings()
    scenarios: ScenarioSettings = ScenarioSettings()
    checks: ContractRun = ContractRun()
    history: HistorySettings = HistorySettings()
    clock: ClockSettings = ClockSettings()

    def target(self, name: str) -> TargetSettings:
        """The settings of a target; defaults when the file has none."""
        return self.targets.get(name, TargetSettings())


def load_config(path: Path) -> Config:
    """Read and check ``harness.toml``.

    Raises:
        ConfigError: with every mistake in it, each with its key and how to mend it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {path}", "Run this in the project's root, or give --config PATH."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path} is not readable TOML: {error}", "Mend that line.") from None
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        mistakes = "\n".join(f"  {_mistake(e, raw)}" for e in error.errors())
        raise ConfigError(
            f"{path} has mistakes:\n{mistakes}",
            "Every key is described by `stageproof schema` (JSON Schema).",
        ) from None
    _refer(config, path)
    return config


def _refer(config: Config, path: Path) -> None:
    """Names that one part of the file uses and another must declare."""
    checks = config.checks
    used = [*checks.identities, *checks.forged.values(), *filter(None, [checks.limited])]
    for name in used:
        if name not in config.identities:
            raise ConfigError(
                f"{path}: [checks] names the identity {name!r}, which [identities] doesn't have"
                + _nearest(name, config.identities),
                "Declare it as [identities.NAME].",
            )
    for name in checks.signatures.values():
        if name not in config.doubles:
            raise ConfigError(
                f"{path}: [checks.signatures] names the double {name!r}, which [doubles] lacks"
                + _nearest(name, config.doubles),
                "Declare it as [doubles.NAME].",
            )
    if not (path.parent / config.template).is_file():
        raise ConfigError(
            f"{path}: template {config.template!r} is not a file", "Give the path of the template."
        )
    for folder in config.scenarios.folders:
        if not (path.parent / folder).is_dir():
            raise ConfigError(
                f"{path}: scenario folder {folder!r} is not a folder", "Create or strike it."
            )


def _mistake(error: Any, raw: Mapping[str, Any]) -> str:
    """One line for one of pydantic's errors: the key, what is wrong with it, what was meant."""
    where = [str(p) for p in error["loc"]]
    key = ".".join(where)
    if error["type"] == "extra_forbidden":
        return f"{key}: unknown key{_nearest(where[-1], _known(where[:-1]))}"
    if error["type"] == "missing":
        return f"{key}: missing"
    return f"{key}: {error['msg'].lower()} (it is {error['input']!r})"


def _known(where: list[str]) -> list[str]:
    """The keys that the table at this place can have."""
    schema: dict[str, Any] = Config.model_json_schema()
    definitions, node = schema.get("$defs", {}), schema
    for part in where:
        node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        if "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[-1]]
    return list(node.get("properties", {}))


def _nearest(name: str, known: Mapping[str, object] | list[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""

"""What is deployed: the template, its code, its sample data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from harness.model import Frozen

Cell = Literal["str", "int", "number", "bool", "list"]


class PackageSettings(Frozen):
    """``[package]``: what goes into the code's zip, and what doesn't."""

    exclude: tuple[str, ...] = ()
    """Globs, relative to a function's folder (``seed/**``, ``*.yaml``)."""


class SeedSettings(Frozen):
    """``[seed.<output>]``: sample data for the table that a stack output names."""

    csv: str
    types: dict[str, Cell] = Field(default_factory=dict)
    """Columns that aren't text. An empty cell is left out of the item."""
    separator: str = ";"
    """Between the members of a ``list`` cell."""


@dataclass(frozen=True)
class Application:
    """An application as ``harness.toml`` describes it."""

    root: Path
    """What ``SeedSettings.csv`` is relative to."""
    template: Path | None
    """None of a stage that is there already."""
    package: PackageSettings = field(default_factory=PackageSettings)
    seed: Mapping[str, SeedSettings] = field(default_factory=dict)
    base_url: str = ""
    """The stack output that says where the REST API answers."""
    graphql_url: str = ""
    """The stack output that says where queries and mutations are posted."""

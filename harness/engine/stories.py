"""Finds the scenarios that a module declares."""

import difflib
import importlib
from pathlib import Path
from typing import Any

from harness.engine.scenario import Scenario, ScenarioUnit
from harness.model import HarnessError


def stories_in(place: Path) -> list[ScenarioUnit]:
    """The scenarios of the module at ``place`` (relative to the project's root), in its order.

    Raises:
        HarnessError: it can't be imported.
    """
    name = ".".join(place.with_suffix("").parts)
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise HarnessError(
            f"{place} can't be imported as {name}: {type(error).__name__}: {error}",
            f"Run it by itself to see where: python -c 'import {name}'",
        ) from error
    declared: list[Any] = [getattr(s, "__scenario__", None) for s in vars(module).values()]
    return [
        ScenarioUnit.of(each, place)
        for each in declared
        if isinstance(each, Scenario) and each.story.__module__ == name
    ]


def story_named(root: Path, unit: str) -> ScenarioUnit:
    """The scenario with this id, such as ``scenarios/happy_path.py::happy_path``.

    Raises:
        HarnessError: the project has none; the nearest is named.
    """
    place, _, name = unit.partition("::")
    if not (root / place).is_file():
        raise HarnessError(f"there is no {place} in {root}", "Is this the right project?")
    found = {each.scenario.name: each for each in stories_in(Path(place))}
    if name not in found:
        near = difflib.get_close_matches(name, found, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(found) or 'none'}."
        raise HarnessError(f"{place} has no scenario {name!r}", hint)
    return found[name]

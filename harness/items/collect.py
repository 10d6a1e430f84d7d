"""Collectors: a contract's file becomes operations and kinds, a scenario's module its stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine import Project
from harness.engine.contract import ContractUnit, units_of
from harness.engine.stories import stories_in
from harness.items.item import UnitItem
from harness.model import HarnessError


class ContractFile(pytest.File):
    """An OpenAPI document."""

    project: Project

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """One collector for each operation, one item for the sequences."""
        by_operation: dict[str, list[ContractUnit]] = {}
        for unit in units_of(self.project.contracts):
            by_operation.setdefault(unit.operation, []).append(unit)
        for operation, units in by_operation.items():
            if operation:
                label = self.project.contracts.openapi.operation(operation).label
                node = OperationNode.from_parent(self, name=label)
                node.units = units
                yield node
            else:
                for unit in units:
                    yield UnitItem.of(self, unit.id.rpartition("::")[2], unit, line=0)


class OperationNode(pytest.Collector):
    """One operation of the contract."""

    units: list[ContractUnit]

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each kind of check."""
        file = self.getparent(ContractFile)
        assert file is not None  # noqa: S101 - pytest made us from one
        api = file.project.contracts.openapi
        for unit in self.units:
            line = api.document.line(api.operation(unit.operation).pointer)
            item = UnitItem.of(self, unit.kind, unit, line=line - 1)
            item.extra_keyword_matches.add(unit.operation)
            yield item


class ScenarioFile(pytest.File):
    """A module with scenarios."""

    root: Path

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each function that was declared a scenario."""
        place = self.path.relative_to(self.root)
        try:
            found = stories_in(place)
        except HarnessError as error:
            raise self.CollectError(str(error)) from error
        for unit in found:
            line = unit.scenario.story.__code__.co_firstlineno
            yield UnitItem.of(self, unit.scenario.name, unit, line=line - 1)


def holds_scenarios(path: Path) -> bool:
    """Whether a module is worth importing: helpers next to scenarios aren't."""
    try:
        return "@scenario" in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def usage(error: HarnessError) -> pytest.UsageError:
    """The error as pytest shows it: the message alone."""
    return pytest.UsageError(str(error))

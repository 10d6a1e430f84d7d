"""Collectors: a contract's file becomes operations and kinds, a scenario's module its stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine import Project
from harness.engine.contract import ContractUnit, units_of
from harness.engine.events import EventUnit, event_units
from harness.engine.stories import stories_in
from harness.items.item import UnitItem
from harness.model import HarnessError
from harness.specs import Contracts


class ContractFile(pytest.File):
    """An OpenAPI document, or a GraphQL schema."""

    project: Project
    kind: str
    """``rest`` or ``graphql``."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """One collector for each operation or field, one item for what belongs to none."""
        by_operation: dict[str, list[ContractUnit]] = {}
        for unit in units_of(self.project.contracts):
            if unit.contract == self.kind:
                by_operation.setdefault(unit.operation, []).append(unit)
        for operation, units in by_operation.items():
            if operation:
                label, line = place_of(self.project.contracts, units[0])
                node = OperationNode.from_parent(self, name=label)
                node.units, node.line = units, line
                yield node
            else:
                for unit in units:
                    item = UnitItem.of(self, unit.id.partition("::")[2], unit, line=0)
                    item.extra_keyword_matches.add(unit.select)
                    yield item


class OperationNode(pytest.Collector):
    """One operation, or one field, of a contract."""

    units: list[ContractUnit]
    line: int

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each kind of check."""
        for unit in self.units:
            item = UnitItem.of(self, unit.kind, unit, line=self.line - 1)
            item.extra_keyword_matches.update((unit.operation, unit.select))
            yield item


def place_of(contracts: Contracts, unit: ContractUnit) -> tuple[str, int]:
    """What the unit's operation is called, and on which line of its contract it stands."""
    if unit.contract == "graphql" and contracts.graphql is not None:
        field = contracts.graphql.field(unit.operation)
        return field.label, max(field.line, 1)
    operation = contracts.openapi.operation(unit.operation)
    return operation.label, contracts.openapi.document.line(operation.pointer)


class EventsFile(pytest.File):
    """An AsyncAPI document."""

    project: Project

    def collect(self) -> Iterator[pytest.Collector]:
        """One collector for each channel."""
        by_channel: dict[str, list[EventUnit]] = {}
        for unit in event_units(self.project.contracts):
            by_channel.setdefault(unit.channel, []).append(unit)
        for channel, units in by_channel.items():
            node: ChannelNode = ChannelNode.from_parent(self, name=channel)
            node.units = units
            yield node


class ChannelNode(pytest.Collector):
    """One channel of the event contract."""

    units: list[EventUnit]

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each kind of check."""
        for unit in self.units:
            yield UnitItem.of(self, unit.kind, unit, line=unit.line - 1)


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

"""One unit as a pytest item, and what its failure says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.engine import ScenarioUnit
from harness.engine.contract import ContractUnit
from harness.engine.events import EventUnit
from harness.items.telling import told, told_unknowns
from harness.model import HarnessError, UnitResult, Verdict


class Fails(Exception):
    """The unit's verdict is fail."""

    def __init__(self, result: UnitResult) -> None:
        super().__init__(f"{len(result.findings)} findings")
        self.result = result


class Undecided(Exception):
    """The unit's verdict is unknown, and not because of what the target lacks."""

    def __init__(self, result: UnitResult) -> None:
        super().__init__(f"{len(result.unknowns)} unknowns")
        self.result = result


class UnitItem(pytest.Item):
    """A contract's or a scenario's unit."""

    unit: ContractUnit | EventUnit | ScenarioUnit
    line: int

    @classmethod
    def of(
        cls,
        parent: pytest.Collector,
        name: str,
        unit: ContractUnit | EventUnit | ScenarioUnit,
        *,
        line: int,
    ) -> UnitItem:
        """``line`` counts from 0, as pytest does."""
        item: UnitItem = cls.from_parent(parent, name=name)
        item.unit, item.line = unit, line
        return item

    def runtest(self) -> None:
        """Run it on this worker's stage.

        Raises:
            Fails: with the result, whose findings the report shows.
            Undecided: with the result, whose unknowns the report shows.
            HarnessError: there is no stage to run it on; nothing further is run.
        """
        result = self._units().run(self)
        for name, value in (("cases", result.cases.ran), ("digest", result.digest)):
            self.user_properties.append((name, value))
        if result.unknowns and result.verdict is not Verdict.UNKNOWN:
            self.add_report_section("call", "unknown", told_unknowns(result.unknowns))
        if result.verdict is Verdict.FAIL:
            raise Fails(result)
        if result.verdict is Verdict.UNKNOWN:
            if all(u.excused for u in result.unknowns):
                pytest.skip(told_unknowns(result.unknowns))
            raise Undecided(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Findings as a person reads them; the harness's own errors without a traceback."""
        if isinstance(excinfo.value, Fails):
            return told(excinfo.value.result)
        if isinstance(excinfo.value, Undecided):
            return told_unknowns(excinfo.value.result.unknowns)
        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is, and what it is called."""
        return self.path, self.line, self.unit.id

    def _units(self) -> Any:
        return self.config.pluginmanager.get_plugin("stageproof-units")

"""The plugin itself: one project, one stage for each worker, units as items."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from harness.engine import Project, Run, ScenarioUnit, Session
from harness.engine.events import EventUnit
from harness.evidence import Folder
from harness.items.collect import ContractFile, EventsFile, ScenarioFile, holds_scenarios, usage
from harness.items.dealing import PLAN, Manner
from harness.items.item import UnitItem
from harness.model import HarnessError, Signal, UnitResult, Verdict
from harness.targets import Endpoint

ENDPOINT = "endpoint.json"
"""In the evidence folder when somebody else keeps the stage's target running."""


class Units:
    """Registered where ``--stageproof-config`` was given, in each worker and their controller."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        try:
            self._project = Project.load(Path(option.stageproof_config))
        except HarnessError as error:
            raise usage(error) from None
        self._folder = Folder(Path(option.stageproof_folder))
        self._option = option
        # Under xdist, a worker's number; the controller runs nothing.
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._session: Session | None = None
        self._selected: list[ScenarioUnit] = []
        self._broken: HarnessError | None = None

    def pytest_report_header(self) -> str:
        """Where the evidence goes."""
        return f"stageproof: evidence in {self._folder.path}"

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Contracts and scenario modules; other files are none of ours."""
        root, config = self._project.root, self._project.config
        contracts = {"rest": config.contracts.openapi, "graphql": config.contracts.graphql}
        for kind, path in contracts.items():
            if path is not None and file_path.resolve() == (root / path).resolve():
                contract: ContractFile = ContractFile.from_parent(parent, path=file_path)
                contract.project, contract.kind = self._project, kind
                return contract
        events = config.contracts.asyncapi
        if events is not None and file_path.resolve() == (root / events).resolve():
            channels: EventsFile = EventsFile.from_parent(parent, path=file_path)
            channels.project = self._project
            return channels
        folders = [(root / f).resolve() for f in config.scenarios.folders]
        inside = any(f in file_path.resolve().parents for f in folders)
        if inside and file_path.suffix == ".py" and holds_scenarios(file_path):
            stories: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
            stories.root = root
            return stories
        return None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say what is going to be run, so that what is missing afterwards is known."""
        units = [item.unit for item in session.items if isinstance(item, UnitItem)]
        self._selected = [unit for unit in units if isinstance(unit, ScenarioUnit)]
        if units and not session.config.option.collectonly:
            self._folder.path.mkdir(parents=True, exist_ok=True)
            self._folder.write("expected.json", json.dumps([unit.id for unit in units], indent=1))
            plan = {item.nodeid: _manner(item) for item in session.items}
            self._folder.write(PLAN, json.dumps(plan, indent=1))
            self._folder.add_signal(
                Signal(
                    what="units collected", at=time.time(), worker=self._worker, value=len(units)
                )
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A scenario that can't be imported is the harness's to report: nothing can be judged."""
        if report.failed:
            error = HarnessError(str(report.longrepr), "Mend it; nothing was run.")
            self._folder.path.mkdir(parents=True, exist_ok=True)
            self._folder.write_error(self._worker, error)

    def run(self, item: UnitItem) -> UnitResult:
        """Run an item's unit, on a stage that is brought up for the first one.

        Raises:
            HarnessError: it couldn't be run; the rest is not started.
        """
        try:
            return self._stage().run(item.unit)
        except HarnessError as error:
            self._broken = error
            self._folder.write_error(self._worker, error)
            item.session.shouldstop = error.what
            raise

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge the whole history, then take the stage down."""
        stage, self._session = self._session, None
        if stage is None:
            return
        try:
            interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED
            if self._broken is None and not interrupted:
                result = stage.judge_whole()
                if result is not None and result.verdict is Verdict.FAIL:
                    session.exitstatus = pytest.ExitCode.TESTS_FAILED
        except HarnessError as error:
            self._folder.write_error(self._worker, error)
        finally:
            stage.__exit__(None, None, None)

    def pytest_unconfigure(self) -> None:
        """A session that never finished still leaves no stage behind."""
        stage, self._session = self._session, None
        if stage is not None:
            stage.__exit__(None, None, None)

    def _stage(self) -> Session:
        if self._session is None:
            session = Session(self._project, self._run(), self._selected)
            session.__enter__()
            self._session = session
        return self._session

    def _run(self) -> Run:
        folder, option = self._folder, self._option
        standing = folder.path / ENDPOINT
        endpoint = (
            TypeAdapter(Endpoint).validate_json(standing.read_bytes())
            if standing.is_file()
            else None
        )
        manifest = folder.path / "run.json"
        return Run(
            id=folder.manifest.run if manifest.is_file() else folder.path.name,
            seed=option.stageproof_seed,
            target=option.stageproof_target,
            worker=self._worker,
            folder=folder,
            endpoint=endpoint,
        )


def _manner(item: pytest.Item) -> Manner:
    if not isinstance(item, UnitItem):
        return Manner.LEAVES
    if isinstance(item.unit, ScenarioUnit):
        return Manner.WAITS
    if isinstance(item.unit, EventUnit) and item.unit.kind == "consumed":
        return Manner.FOLLOWS
    return Manner.READS if item.unit.reads else Manner.LEAVES

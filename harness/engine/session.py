"""One worker's stage from bring-up to take-down, and the running of units on it."""

import importlib
import platform
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from harness.clients import Rest, resolve_identities
from harness.config import Config, load_config
from harness.deploy import Application, apply, deployed_parameters, remove
from harness.doubles import Doubles, start_doubles
from harness.engine.contract import ContractContext, ContractUnit, run_contract_unit
from harness.engine.loop import Loop
from harness.engine.runner import ScenarioRun
from harness.engine.scenario import ScenarioUnit
from harness.engine.stage import Stage
from harness.evidence import WHOLE, Folder, StageSheet
from harness.faults import FaultBox
from harness.laws import dump, judge_all
from harness.model import (
    CaseCount,
    HarnessError,
    Header,
    Identity,
    Json,
    Law,
    Signal,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
    worst,
)
from harness.model import Stage as Deployed
from harness.observe import Observer
from harness.recorder import Recorder, Redaction
from harness.specs import Contracts, load_contracts
from harness.targets import Aws, Endpoint, Target, open_target
from harness.targets.standing import StandingTarget


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


@dataclass(frozen=True)
class Run:
    """How it is verified, on this worker."""

    id: str
    seed: int
    target: str
    worker: str
    folder: Folder
    endpoint: Endpoint | None = None
    """Of a target that somebody else keeps running."""


class Session:
    """A stage of this worker's own, brought up when it is entered, taken down when it is left."""

    def __init__(self, project: Project, run: Run, scenarios: Sequence[ScenarioUnit]) -> None:
        self._project = project
        self._run = run
        self._target: Target = (
            StandingTarget(run.endpoint)
            if run.endpoint
            else open_target(
                run.target,
                project.config.target(run.target),
                log=run.folder.path / f"emulator-{run.worker}.log",
            )
        )
        self._laws = _laws(project.config, scenarios)
        self._open = ExitStack()
        self._mistakes = self._lost = 0
        self._phases: dict[str, float] = {}

    def __enter__(self) -> "Session":
        try:
            self._bring_up()
        except HarnessError:
            self._open.close()
            raise
        except Exception as error:
            told = self._why_not(error)
            self._open.close()
            raise told from error
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            self._sheet()
        finally:
            self._open.close()

    def run(self, unit: ContractUnit | ScenarioUnit) -> UnitResult:
        """Run one unit to its result, which lands in the evidence folder."""
        self._check_alive()
        self._signal("unit started", unit.id)
        try:
            if isinstance(unit, ScenarioUnit):
                result = self._run_scenario(unit)
            else:
                result = run_contract_unit(unit, self._contract_context())
        finally:
            self._check_alive()  # what a dead target answered is no result
        return self._keep(result)

    def judge_whole(self) -> UnitResult | None:
        """Judge the whole history by the laws that always hold; None where there are none."""
        laws = always(self._project.config)
        if not laws or len(self._recorder) == 0:
            return None
        quiet = self._stage.settle(ticking=False)
        start = time.monotonic()
        judgements = judge_all(self._recorder.history, laws)
        findings = tuple(
            f.model_copy(
                update={
                    "unit": WHOLE,
                    "logs": f.logs or self._observer.logs.behind(0, self._recorder.now(), f.keys),
                    "reproduce": f.reproduce or f"stageproof verify --seed {self._run.seed}",
                }
            )
            for j in judgements
            for f in j.findings
        )
        unit = f"{WHOLE}-{self._run.worker}"
        unknowns = tuple(
            Unknown(kind=j.unknown or UnknownKind.NOTHING_SEEN, what=j.law, why=j.why, unit=unit)
            for j in judgements
            if j.verdict is Verdict.UNKNOWN
        )
        if not quiet:
            busy = "the stage was still busy when time was up; what was under way is not judged"
            unknowns += (
                Unknown(kind=UnknownKind.BUDGET, what="the whole history", why=busy, unit=unit),
            )
        unknowns += tuple(
            Unknown(kind=UnknownKind.CAPABILITY, what="watching", why=why, unit=unit)
            for why in self._observer.blind
        )
        told = [j.verdict for j in judgements] + [Verdict.UNKNOWN for _ in range(not quiet)]
        return self._keep(
            UnitResult(
                unit=unit,
                title="Everything this stage went through, judged as one history",
                kind="scenario",
                verdict=worst(told),
                cases=CaseCount(),
                seconds=round(time.monotonic() - start, 3),
                findings=findings,
                unknowns=unknowns,
                laws={j.law: j.verdict for j in judgements},
            )
        )

    @property
    def stage(self) -> Stage:
        """The stage, for a story or for somebody at a prompt."""
        return self._stage

    @property
    def identities(self) -> Mapping[str, Identity]:
        """Who can call it."""
        return self._identities

    def _bring_up(self) -> None:
        config, run = self._project.config, self._run
        with self._phase("emulator"):
            self._open.callback(self._target.stop)
            self._endpoint = self._target.start(self._note)
        self._loop = Loop()
        self._open.callback(self._loop.close)
        self._recorder = Recorder(
            run.folder.history(run.worker),
            self._header(),
            redact=Redaction.allowing(config.history.allow),
        )
        self._open.callback(self._recorder.close)
        self._faults = FaultBox(self._recorder)
        with self._phase("doubles"):
            self._doubles: Doubles = start_doubles(
                config.doubles, self._recorder, self._faults, self._loop.asyncio
            )
            self._open.callback(self._doubles.stop)
        with self._phase("deploy"):
            self._deployed = self._deploy(self._parameters())
        self._doubles.bind(self._deployed)
        self._identities = resolve_identities(
            config.identities, self._doubles.urls, self._loop.asyncio
        )
        with self._phase("observe"):
            self._observer = Observer(self._deployed, config.observe, self._recorder)
            self._open.callback(self._observer.stop)
            self._observer.start()
        self._stage = self._in_use()
        self._sheet()

    def _deploy(self, parameters: Mapping[str, str]) -> Deployed:
        config = self._project.config
        application = Application(
            root=self._project.root,
            template=self._project.root / config.template,
            package=config.package,
            seed=config.seed,
            base_url=config.contracts.base_url,
        )
        stage = apply(
            application,
            self._endpoint,
            stack=config.application,
            parameters=parameters,
            environment=self._doubles.environment,
            signal=self._note,
        )
        if not self._target.disposable:
            self._open.callback(remove, stage)
        return stage

    def _parameters(self) -> dict[str, str]:
        settings = self._project.config.target(self._run.target)
        return {
            name: value if isinstance(value, str) else self._doubles.document(value)
            for name, value in settings.parameters.items()
        }

    def _in_use(self) -> Stage:
        config = self._project.config
        rest = Rest(
            self._project.contracts.openapi,
            self._deployed.base_url,
            self._recorder,
            self._loop.asyncio,
            keys=config.observe.key,
            correlation_header=config.checks.correlation_header,
        )
        self._open.callback(rest.close)
        return Stage(
            deployed=self._deployed,
            recorder=self._recorder,
            faults=self._faults,
            doubles=self._doubles,
            rest=rest,
            observer=self._observer,
            loop=self._loop,
            aws=Aws.of(self._deployed),
            run=self._run.id,
            patience=config.scenarios.patience,
            at_once=config.target(self._run.target).at_once,
            clocked=config.clock.invoke,
        )

    def _why_not(self, error: Exception) -> HarnessError:
        """What kept the stage from coming up: the target's death behind it, if it died."""
        if not self._target.alive():
            return self._target.death()
        traceback.print_exception(error)  # kept by pytest, in the evidence
        return HarnessError(
            f"the stage could not be brought up: {type(error).__name__}: {error}",
            "Try again; if it comes back, report it with pytest.log of the evidence.",
        )

    def _check_alive(self) -> None:
        if not self._target.alive():
            raise self._target.death()

    def _run_scenario(self, unit: ScenarioUnit) -> UnitResult:
        return ScenarioRun(
            unit,
            self._stage,
            self._run.seed,
            logs=self._observer.logs.behind,
            case_ended=lambda case, passed: self._signal("case ended", case, passed),
        ).result()

    def _contract_context(self) -> ContractContext:
        checks = self._project.config.checks
        return ContractContext(
            contracts=self._project.contracts,
            base_url=self._deployed.base_url,
            recorder=self._recorder,
            identities=[self._identities[name] for name in checks.identities],
            limited=self._identities.get(checks.limited),
            forged={kind: self._identities[name] for kind, name in checks.forged.items()},
            signatures={s: self._doubles[name].sign for s, name in checks.signatures.items()},
            seed=self._run.seed,
            examples=checks.examples,
            stateful=checks.stateful,
            capability=self._deployed.capabilities.get,
            correlation_header=checks.correlation_header,
            keys=self._project.config.observe.key,
            logs=self._observer.logs.behind,
            case_ended=lambda case, passed: self._signal("case ended", case, passed),
        )

    def _keep(self, result: UnitResult) -> UnitResult:
        mistakes = [*self._mistakes_of_doubles(result.unit), *self._lost_sight(result.unit)]
        result = result.model_copy(
            update={
                "worker": self._run.worker,
                "unknowns": (*result.unknowns, *mistakes),
                "verdict": worst([result.verdict, *(Verdict.UNKNOWN for _ in mistakes)]),
            }
        )
        self._run.folder.add_result(result)
        self._signal("unit ended", result.unit, result.verdict.value)
        return result

    def _mistakes_of_doubles(self, unit: str) -> list[Unknown]:
        """What went wrong inside our own stand-ins meanwhile: never the application's failure."""
        fresh = self._doubles.errors[self._mistakes :]
        self._mistakes += len(fresh)
        return [
            Unknown(
                kind=UnknownKind.HARNESS_ERROR, what="a double", unit=unit,
                why=f"{type(e).__name__}: {e}",
            )
            for e in fresh
        ]  # fmt: skip

    def _lost_sight(self, unit: str) -> list[Unknown]:
        """What could no longer be watched meanwhile: laws would take it for not happening."""
        fresh = self._observer.lost[self._lost :]
        self._lost += len(fresh)
        return [
            Unknown(kind=UnknownKind.HARNESS_ERROR, what="watching", why=why, unit=unit)
            for why in fresh
        ]

    def _header(self) -> Header:
        config, run = self._project.config, self._run
        settings = config.target(run.target)
        given = {n: v for n, v in settings.parameters.items() if isinstance(v, str)}
        return Header(
            run=run.id,
            application=config.application,
            target=run.target,
            seed=run.seed,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            laws=self._laws,
            parameters=deployed_parameters(self._project.root / config.template, given),
            capabilities=tuple(sorted(c for c, m in self._endpoint.capabilities.items() if m.has)),
            versions=versions(),
            digests=self._project.contracts.digests,
        )

    def _sheet(self) -> None:
        self._run.folder.write_sheet(
            StageSheet(
                worker=self._run.worker,
                stack=self._deployed.name,
                outputs=dict(self._deployed.outputs),
                parameters=dict(self._deployed.parameters),
                capabilities={c.value: m.has for c, m in self._deployed.capabilities.items()},
                pruned=self._deployed.pruned,
                injected=self._deployed.injected,
                digests=dict(self._deployed.digests),
                phases=self._phases,
                environments=self._observer.logs.environments(),
            )
        )

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self._signal("phase started", name)
        start = time.monotonic()
        try:
            yield
        finally:
            self._phases[name] = round(time.monotonic() - start, 2)
            self._signal("phase ended", name, self._phases[name])

    def _note(self, text: str) -> None:
        self._signal("note", text)

    def _signal(self, what: str, name: str, value: object = None) -> None:
        self._run.folder.add_signal(
            Signal.model_validate(
                {"what": what, "at": time.time(), "worker": self._run.worker, "name": name,
                 "value": value}
            )
        )  # fmt: skip


def always(config: Config) -> tuple[Law, ...]:
    """The laws that judge the whole history, from the module that ``harness.toml`` names."""
    if not config.scenarios.laws:
        return ()
    module, _, name = config.scenarios.laws.partition(":")
    try:
        return tuple(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise HarnessError(
            f"harness.toml: [scenarios] laws = {config.scenarios.laws!r} can't be had: {error}",
            "Give MODULE:NAME of a tuple of laws.",
        ) from error


def versions() -> dict[str, str]:
    """What this run was made with."""
    names = ("stageproof", "hypothesis", "schemathesis", "pytest", "boto3")
    return {"python": platform.python_version(), **{n: _version(n) for n in names}}


def _version(name: str) -> str:
    try:
        return version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _laws(config: Config, scenarios: Sequence[ScenarioUnit]) -> tuple[dict[str, Json], ...]:
    """Every law of the run as data: those of the whole history, then each scenario's."""
    return (
        *(dump(law) for law in always(config)),
        *(dump(law, unit=unit.id) for unit in scenarios for law in unit.scenario.laws),
    )

"""One load on one stage: brought up, put under load, settled, judged."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.clients import RestRecords
from harness.config import LoadSettings
from harness.doubles import menus_of
from harness.engine import Project, Run, Session, Stage
from harness.engine.header import named_laws
from harness.faults import Menu
from harness.laws.reading import dig
from harness.load.attribution import Ways, explained, slowest
from harness.load.desk import Address, Desk
from harness.load.errors import LoadError
from harness.load.journeys import errors, journeys, requests
from harness.load.locust import Asked, Locust
from harness.load.machine import Machine, Ticks, machine, ticks
from harness.load.outage import Course, Outage, faults_of
from harness.load.preparing import Prepared, Wanted, prepare_of, prepared
from harness.load.result import Down, LoadResult, ended, judged, resting, spans
from harness.model import Record, Unknown, UnknownKind

CASE = "load"
"""What everything in its history belongs to."""
_LOOK = 0.25
"""Seconds between two looks at how far it is."""
_TICK = 10.0
"""Seconds between two turns of the stage's clock: it is there for what was forgotten, and a load
that is slow has forgotten nothing."""
_START = 60.0
"""Seconds that Locust may take to start."""
_SLOWEST = 0.05
_SETTLE = 120.0
"""Seconds that a stage may take to come to rest, at least."""


@dataclass(frozen=True)
class Load:
    """What is asked for."""

    users: int
    journeys: int
    rate: float
    limit: float
    """Seconds after which no more is begun."""
    outage: Outage | None = None
    port: int | None = None
    """Of Locust's page, if it is wanted."""


@dataclass
class Standing:
    """How far a load is."""

    wanted: int
    begun: int = 0
    ended: int = 0
    failed: int = 0
    """Requests that were answered 5xx, or not at all."""
    seconds: float = 0.0
    down: bool = False
    """Whether a third party is, as planned."""


@dataclass
class Watch:
    """Counts what the history shows of a load, as it grows."""

    settings: LoadSettings
    standing: Standing
    _begun: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)

    def see(self, records: Sequence[Record]) -> None:
        """Take in what is new."""
        settings = self.settings
        for record in records:
            if record.feed == "client" and record.kind == "info":
                self.standing.failed += 1
            elif record.name in settings.begins and record.kind == "ok" and record.key:
                self._begun.add(record.key)
            elif record.name == settings.entity and dig(record.value, "to") in settings.ends:
                self._ended.add(str(record.key))
        self.standing.begun, self.standing.ended = len(self._begun), len(self._ended)


def run_load(
    project: Project, run: Run, load: Load, told: Callable[[Standing], None]
) -> LoadResult:
    """Do it; ``told`` how far it is, a few times a second.

    Raises:
        LoadError: the application's part can't be had, or Locust ended by a mistake.
        HarnessError: the stage could not be brought up, or died.
    """
    settings = _settings(project)
    if not project.contracts.openapi.operations:
        raise LoadError(
            "load calls the REST API, and [contracts] names no openapi contract with operations",
            "Name it: [contracts] openapi = … in harness.toml.",
        )
    prepare = prepare_of(settings.prepare)
    laws = named_laws(settings.laws, "load") or None
    menus = _menus(project)
    course = load.outage and Course(load.outage, faults_of(load.outage.service, menus))
    project = project.loading(run.target)
    with Session(project, run, (), laws=laws) as session:
        stage = session.stage
        wanted = Wanted(load.users, load.journeys, run.seed)
        made = prepared(prepare, stage, wanted)
        with stage.running(CASE):
            began, before = time.monotonic(), ticks()
            desk = _under_load(project, run, load, stage, made, course or None, told)
            lasted, busy = time.monotonic() - began, _busy(before)
            down = _down(course or None, stage)
            stage.heal_all()
            stage.settle(max(_SETTLE, stage.patience))
        whole = session.judge_whole("load")
        if whole is None:
            raise LoadError("there is no law to judge it by", "Name some: [load] laws = …")
        result = _result(project, run, load, stage, made, desk, lasted, busy)
        return judged(result.model_copy(update={"outage": down}), whole, settings)


def _settings(project: Project) -> LoadSettings:
    if project.config.load is None:
        raise LoadError(
            "harness.toml has no [load]",
            "Say there what its users are and what they must keep to; see `stageproof schema`.",
        )
    return project.config.load


def _menus(project: Project) -> Mapping[str, Menu]:
    return menus_of(project.config.doubles)


def _under_load(
    project: Project, run: Run, load: Load, stage: Stage, made: Prepared, course: Course | None,
    told: Callable[[Standing], None],
) -> Desk:  # fmt: skip
    """Have Locust's users do their journeys, and watch until they are done."""
    settings, config = _settings(project), project.config
    desk = Desk(
        api=project.contracts.openapi,
        records=RestRecords(stage.recorder, config.observe.key),
        address=Address(
            stage.deployed.base_url, config.checks.correlation_header, stage.rest.correlation
        ),
        prepared=made,
        signed=config.checks.signatures,
    )
    asked = Asked(
        file=project.root / settings.locustfile,
        root=project.root,
        users=load.users,
        rate=load.rate,
        folder=run.folder.path.resolve(),
        port=load.port,
    )
    watch = Watch(settings, Standing(load.journeys))
    with Locust(asked) as locust:
        stage.do(desk.open(locust.socket))
        try:
            locust.start(stage.deployed.base_url)
            _until_met(desk, locust)
            _until_done(stage, load, locust, watch, course, told)
        finally:
            if course is not None:
                course.end(stage)
            stage.do(desk.close())
    return desk


def _until_met(desk: Desk, locust: Locust) -> None:
    """Locust takes seconds to start, more on a busy machine: none of them is the load's."""
    until = time.monotonic() + _START
    while not desk.met:
        if locust.ended(_LOOK) or time.monotonic() > until:
            raise LoadError(
                f"Locust's users never came:\n{locust.said()}",
                f"See {locust.log}: are there any, derived from harness.load.users.Customer?",
            )


def _until_done(
    stage: Stage, load: Load, locust: Locust, watch: Watch, course: Course | None,
    told: Callable[[Standing], None],
) -> None:  # fmt: skip
    """Look now and then how far it is; the stage's clock ticks, an outage takes its course."""
    began, read, tick = time.monotonic(), 0, 0.0
    while not locust.ended(_LOOK):
        fresh = stage.recorder.since(read)
        read += len(fresh)
        watch.see(fresh)
        standing, now = watch.standing, time.monotonic()
        standing.seconds = now - began
        if course is not None:
            course.look(stage, standing.begun / load.journeys)
            standing.down = course.began is not None and course.ended is None
        told(standing)
        if standing.seconds > load.limit:
            return
        if now >= tick:
            stage.tick()
            tick = now + _TICK


def _down(course: Course | None, stage: Stage) -> Down | None:
    if course is None:
        return None
    ids = {fault.id for fault in course.faults}
    return Down(
        service=course.outage.service,
        began=round(course.began or 0.0, 3),
        ended=round(course.ended or 0.0, 3),
        fired=sum(firing.fault in ids for firing in stage.faults.firings),
    )


def _busy(before: Ticks | None) -> Machine:
    return machine(before, ticks())


def _result(
    project: Project, run: Run, load: Load, stage: Stage, made: Prepared, desk: Desk,
    seconds: float, busy: Machine,
) -> LoadResult:  # fmt: skip
    settings, history = _settings(project), stage.recorder.history
    names = {customer.name for customer in made.customers}
    some = journeys(history, settings.begins, settings.entity)
    ways, to = Ways(history, _tables(project, stage)), next(iter(settings.spans.values())).to
    there = [j for j in some if j.until(to) < float("inf")]
    return LoadResult(
        run=run.id,
        application=project.config.application,
        target=run.target,
        seed=run.seed,
        users=load.users,
        wanted=load.journeys,
        begun=len(some),
        ended=ended(some, settings.ends),
        resting=resting(some),
        seconds=round(seconds, 1),
        success=settings.success,
        spans=spans(settings.spans, some),
        requests=tuple(requests(history, names)),
        errors={**errors(history, names), **dict(desk.complaints.most_common())},
        all=explained(ways, there, to),
        slowest=explained(ways, slowest(there, to, _SLOWEST), to),
        slowest_share=_SLOWEST,
        machine=busy,
        environments=stage.observer.logs.environments(),
        unknowns=tuple(
            Unknown(
                kind=UnknownKind.HARNESS_ERROR, what="Locust's users",
                why=f"{type(error).__name__}: {error}",
            )
            for error in desk.errors
        ),
        evidence=str(run.folder.path),
    )  # fmt: skip


def _tables(project: Project, stage: Stage) -> set[str]:
    """The logical ids of the tables whose entities are watched."""
    physical = {stage.deployed.outputs[output] for output in project.config.observe.tables}
    return {name for name, known in stage.deployed.resources.items() if known in physical}

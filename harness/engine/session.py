"""One worker's stage from bring-up to take-down, and the running of units on it."""

import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from harness.engine.allowance import Allowance
from harness.engine.blindness import sighted, unseen_of
from harness.engine.bringup import BringUp, Up
from harness.engine.contract import ContractContext, ContractUnit, run_contract_unit
from harness.engine.described import internals_of, introspection_of
from harness.engine.events import EventContext, EventUnit, Hearing, published_on, run_event_unit
from harness.engine.header import always, header, laws_as_data
from harness.engine.lacking import check_playable
from harness.engine.mishaps import Mishaps
from harness.engine.playing import Played, play
from harness.engine.project import Project
from harness.engine.replaying import kept, left, played_again
from harness.engine.run import Phases, Run
from harness.engine.runner import Failure, ScenarioRun
from harness.engine.scenario import ScenarioUnit
from harness.engine.sheet import sheet
from harness.engine.signers import unsigned
from harness.engine.stage import Stage
from harness.engine.unjudged import unjudged
from harness.engine.whole import judge_whole
from harness.evidence import Replay
from harness.laws.sight import UNSEEN, as_value
from harness.model import HarnessError, Identity, Json, Law, Plan, UnitResult, UnknownKind
from harness.specs import MessageContract
from harness.targets import Target, open_target
from harness.targets.standing import StandingTarget

_UNDER_WAY = 30.0
"""Seconds that a contract check waits at most for a stage to come to rest."""


class Session:
    """A stage of this worker's own, brought up when it is entered, taken down when it is left."""

    def __init__(
        self,
        project: Project,
        run: Run,
        scenarios: Sequence[ScenarioUnit],
        *,
        laws: Sequence[Law] | None = None,
    ) -> None:
        """``laws`` judge the whole history in place of those that ``harness.toml`` names."""
        self._project = project
        self._run = run
        self._target = _target(project, run)
        self._whole = laws
        self._laws = laws_as_data(project, scenarios, laws)
        self._phases = Phases(run)
        self._open = ExitStack()
        self._found: dict[tuple[str, str], Json] = {}
        self._allowance = Allowance.of(run.target, project.config.target(run.target))

    def __enter__(self) -> "Session":
        try:
            self._up = self._bring_up()
            self._hearing = self._listen()
            self._tell_unseen()
            self._mishaps = Mishaps(self.stage)
            self._write_sheet()
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
            self._write_sheet()
        finally:
            self._open.close()

    def run(self, unit: ContractUnit | EventUnit | ScenarioUnit) -> UnitResult:
        """Run one unit to its result, which lands in the evidence folder."""
        self._check_alive()
        self._run.signal("unit started", unit.id)
        try:
            if (spent := self._allowance.used_up(self.stage.recorder)) is not None:
                result = unjudged(unit, UnknownKind.BUDGET, spent)
            elif isinstance(unit, ScenarioUnit):
                result = self._run_scenario(unit)
            elif isinstance(unit, EventUnit):
                result = run_event_unit(unit, self._event_context())
            else:
                result = self._run_contract(unit)
        finally:
            self._check_alive()  # what a dead target answered is no result
        return self._keep(result)

    def replay(self, replay: Replay, unit: ScenarioUnit, nth: int = 1) -> Played:
        """Play a case that somebody kept, for the nth time.

        Raises:
            HarnessError: the stage lacks what it needs, the scenario's work has another shape
                now, or the target died.
        """
        try:
            return played_again(replay, unit, self.stage, self._case_laws(unit), nth)
        finally:
            self._check_alive()

    def play(self, unit: ScenarioUnit, case: str, work: object, plan: Plan) -> Played:
        """Play one case, of whoever chose its work and its faults. The laws that always hold judge
        it, too: nobody will judge this stage's history as a whole.

        Raises:
            HarnessError: the stage lacks what it needs, the target died, or the harness could not
                do its part.
        """
        check_playable(unit, self.stage.deployed, plan)
        try:
            return play(unit, self.stage, case, work, plan, self._case_laws(unit), patient=True)
        finally:
            self._check_alive()

    def mishaps(self) -> tuple[str, ...]:
        """What went wrong on the harness's side since this was last asked."""
        return self._mishaps.fresh()

    def kept(self, unit: ScenarioUnit, failure: Failure, *, searched: bool = False) -> Replay:
        """A failing case as data; ``searched``: this stage is a search's.

        Raises:
            HarnessError: its work can't be written as JSON.
        """
        digests = self._project.contracts.digests
        replay = kept(
            failure, unit, self.stage,
            seed=self._run.seed, contracts=digests, laws=self._case_laws(unit),
        )  # fmt: skip
        return replay.model_copy(update={"searched": searched})

    def judge_whole(self, command: str = "verify") -> UnitResult | None:
        """Judge the whole history by the laws that always hold; None where there are none.

        ``command`` is what shows a finding again.
        """
        laws = always(self._project, self._whole, heard=self._hearing is not None)
        if not laws or len(self.stage.recorder) == 0:
            return None
        return self._keep(judge_whole(self.stage, self._run, laws, command))

    @property
    def stage(self) -> Stage:
        """The stage, for a story or for somebody at a prompt."""
        return self._up.stage

    @property
    def identities(self) -> Mapping[str, Identity]:
        """Who can call it."""
        return self._up.identities

    def _case_laws(self, unit: ScenarioUnit) -> tuple[Law, ...]:
        """The scenario's and those that always hold, as far as this stage shows what they judge."""
        own = unit.scenario.laws
        named = {law.name for law in own}
        everywhere = always(self._project, self._whole, heard=self._hearing is not None)
        more = (law for law in everywhere if law.name not in named)
        return sighted((*own, *more), self.stage)

    def _bring_up(self) -> Up:
        way = BringUp(self._project, self._run, self._target, self._phases, self._open)
        return way.stage(partial(header, self._project, self._run, laws=self._laws))

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
            self.stage,
            self._run.seed,
            logs=self.stage.observer.logs.behind,
            case_ended=self._case_ended,
            keep=partial(self._leave_replay, unit),
        ).result()

    def _leave_replay(self, unit: ScenarioUnit, failure: Failure) -> str | None:
        """Keep the failing case as a file; the command that plays it again."""
        try:
            replay = self.kept(unit, failure)
        except HarnessError as error:
            self._run.note(f"no replay: {error.what}")
            return None
        return f"stageproof replay {left(replay, self._run.folder)}"

    def _run_contract(self, unit: ContractUnit) -> UnitResult:
        api, signatures = self._project.contracts.openapi, self._project.config.checks.signatures
        unable = unsigned(unit, api, signatures, self.stage)
        return unable or run_contract_unit(unit, self._contract_context())

    def _contract_context(self) -> ContractContext:
        config, stage = self._project.config, self.stage
        checks = config.checks
        return ContractContext(
            contracts=self._project.contracts,
            base_url=stage.deployed.base_url,
            recorder=stage.recorder,
            identities=[self.identities[name] for name in checks.identities],
            limited=self.identities.get(checks.limited),
            other_tier=self.identities.get(checks.other_tier),
            forged={kind: self.identities[name] for kind, name in checks.forged.items()},
            signed=frozenset(checks.signatures),
            signatures={
                s: stage.doubles[name].sign
                for s, name in checks.signatures.items()
                if name in stage.doubles.urls
            },
            settle=partial(stage.settle, _UNDER_WAY, ticking=False),
            pause=config.target(self._run.target).pause,
            seed=self._run.seed,
            examples=checks.examples,
            stateful=checks.stateful,
            capability=stage.deployed.capabilities.get,
            correlation_header=checks.correlation_header,
            keys=config.observe.key,
            logs=stage.observer.logs.behind,
            case_ended=self._case_ended,
            graphql_url=stage.deployed.graphql_url,
            graphql=checks.graphql,
            introspection=introspection_of(stage.deployed),
            internals=internals_of(stage.deployed),
            region=stage.deployed.region,
            found=self._found,
        )

    def _tell_unseen(self) -> None:
        """Write down what isn't seen here, for whoever judges the history again."""
        if unseen := unseen_of(self.stage):
            self.stage.recorder.observe(UNSEEN, value=as_value(unseen))

    def _listen(self) -> Hearing | None:
        """Hear what functions tell each other, where there is a contract of it and a wire."""
        wire, contract = self.stage.wire, self._project.contracts.asyncapi
        if wire is None or contract is None:
            return None
        hearing = Hearing(
            MessageContract(contract), self.stage.recorder,
            sent=self.stage.sent, channels_of=published_on(self._project.contracts),
        )  # fmt: skip
        hearing.bind(self.stage.deployed)
        wire.hear(hearing.crossed)
        self.stage.doubles.hear(hearing.posted)
        self._up.overheard.published.append(hearing.published)
        return hearing

    def _event_context(self) -> EventContext:
        histories = self._run.folder.histories
        return EventContext(self.stage, self._hearing, histories, self._case_ended)

    def _case_ended(self, case: str, passed: bool) -> None:
        self._run.signal("case ended", case, passed)

    def _keep(self, result: UnitResult) -> UnitResult:
        result = self._mishaps.added(result.model_copy(update={"worker": self._run.worker}))
        result = self._project.baseline.sifted(result)
        self._run.folder.add_result(result)
        self._run.signal("unit ended", result.unit, result.verdict.value)
        return result

    def _write_sheet(self) -> None:
        self._run.folder.write_sheet(sheet(self.stage, self._run.worker, self._phases.seconds))


def _target(project: Project, run: Run) -> Target:
    if run.endpoint:
        return StandingTarget(run.endpoint)
    log = run.folder.path / f"emulator-{run.worker}.log"
    return open_target(run.target, project.config.target(run.target), log=log)

"""Brings a stage up, part by part; what was opened is closed in the opposite order."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from harness.clients import GraphQL, Rest, resolve_identities
from harness.deploy import (
    UNDESCRIBED,
    Application,
    Template,
    apply,
    attach,
    load_template,
    remove,
    run_on,
)
from harness.doubles import GENERIC, Double, Doubles, start_doubles
from harness.engine.companions import Companion, Companions, Fronts, Overheard
from harness.engine.companions.overheard import SERVICE
from harness.engine.loop import Loop
from harness.engine.project import Project
from harness.engine.run import Phases, Run
from harness.engine.stack_names import stack_name
from harness.engine.stage import Stage
from harness.faults import FaultBox
from harness.model import Header, Identity
from harness.model import Stage as Deployed
from harness.model.operations import reads
from harness.observe import Observer
from harness.recorder import Recorder, Redaction
from harness.targets import Aws, Endpoint, Target, try_loopback
from harness.targets.appsync.meddling import ACTIONS as IN_FRONT
from harness.wire import Answer, Attempt, Other, Wire, open_wire


@dataclass(frozen=True)
class Up:
    """A stage that is up, and who can call it."""

    stage: Stage
    identities: Mapping[str, Identity]
    overheard: Overheard


@dataclass(frozen=True)
class BringUp:
    """One worker's way to a stage. ``held`` gets what ends with it."""

    project: Project
    run: Run
    target: Target
    phases: Phases
    held: ExitStack

    def stage(self, header: Callable[[Endpoint], Header]) -> Up:
        """Start the target, deploy to it, watch it; ``header`` is that of its history.

        Raises:
            HarnessError: what kept it from coming up, and what to do about it.
        """
        template = self._template()  # before anything is started
        endpoint = self._target()
        loop = Loop()
        self.held.callback(loop.close)
        recorder = self._recorder(header(endpoint))
        faults = FaultBox(recorder)
        doubles = self._doubles(recorder, faults, loop)
        wire = self._wire(endpoint, recorder, faults, loop, doubles)
        overheard = Overheard(recorder, faults, self.project.config.observe.key)
        companions = self._companions(template, endpoint, overheard, doubles, wire)
        with self.phases.phase("deploy"):
            deployed = self._deploy(endpoint, doubles, companions)
        companions.bind(deployed)
        identities = resolve_identities(
            self.project.config.identities,
            {**doubles.urls, **self.project.config.target(self.run.target).instead},
            loop.asyncio,
            stage=deployed,
        )
        observer = self._observer(deployed, recorder, wire)
        config = self.project.config
        stage = Stage(
            deployed=deployed,
            recorder=recorder,
            faults=faults,
            doubles=doubles,
            wire=wire,
            checks=wire.checks if wire is not None else None,
            companions=companions,
            rest=self._rest(deployed, recorder, loop),
            observer=observer,
            loop=loop,
            aws=Aws.of(deployed),
            run=self.run.id,
            patience=config.target(self.run.target).patience or config.scenarios.patience,
            at_once=config.target(self.run.target).at_once,
            clocked=config.clock.invoke if self._ours else (),
            identities=identities,
            absent=() if self._ours else tuple(config.doubles),
            graphql_client=self._graphql(deployed, recorder, loop),
        )
        return Up(stage, identities, overheard)

    def _template(self) -> Template:
        path = self.project.config.template_in(self.project.root)
        return UNDESCRIBED if path is None and not self._ours else load_template(path)

    def _target(self) -> Endpoint:
        with self.phases.phase("emulator"):
            self.held.callback(self.target.stop)
            endpoint = self.target.start(self.run.note)
            if not endpoint.loopback:
                try_loopback(endpoint)
            return endpoint

    def _recorder(self, header: Header) -> Recorder:
        recorder = Recorder(
            self.run.folder.history(self.run.worker),
            header,
            redact=Redaction.allowing(self.project.config.history.allow),
        )
        self.held.callback(recorder.close)
        return recorder

    def _doubles(self, recorder: Recorder, faults: FaultBox, loop: Loop) -> Doubles:
        with self.phases.phase("doubles"):
            declared = self.project.config.doubles if self._ours else {}
            doubles = start_doubles(declared, recorder, faults, loop.asyncio)
            self.held.callback(doubles.stop)
            return doubles

    def _wire(
        self, endpoint: Endpoint, recorder: Recorder, faults: FaultBox, loop: Loop, doubles: Doubles
    ) -> Wire | None:
        config = self.project.config
        wire = open_wire(
            endpoint, recorder, faults, loop.asyncio, settings=config.wire,
            keys=config.observe.key, others=_others(doubles),
        )  # fmt: skip
        if wire is not None:
            self.held.callback(wire.stop)
        return wire

    def _companions(
        self,
        template: Template,
        endpoint: Endpoint,
        overheard: Overheard,
        doubles: Doubles,
        wire: Wire | None,
    ) -> Companions:
        """All that runs beside the stage, in the order in which one may need another."""
        config = self.project.config
        of_wire = wire and Companion(
            what="the wire",
            bind=wire.bind,
            errors=lambda: wire.errors,
            environment=wire.environment,
        )
        of_doubles = Companion(
            what="a double",
            bind=doubles.bind,
            errors=lambda: doubles.errors,
            environment=doubles.environment,
        )
        fronts = Fronts(
            template,
            self._stack_name(),
            overheard,
            self.held,
            discovery={
                issuer: place if isinstance(place, str) else doubles.urls[place.double] + place.path
                for issuer, place in config.graphql.discovery.items()
            },
        )
        wanted = config.contracts.graphql is not None
        # A double may stand for a service of AWS's: what it tells functions wins.
        first = (of_wire, of_doubles) if of_wire else (of_doubles,)
        return Companions((*first, *fronts.companions(endpoint, wanted=wanted)))

    def _deploy(self, endpoint: Endpoint, doubles: Doubles, companions: Companions) -> Deployed:
        config = self.project.config
        application = Application(
            root=self.project.root,
            template=config.template_in(self.project.root),
            package=config.package,
            seed=config.seed,
            base_url=config.contracts.rest_output,
            graphql_url=config.contracts.graphql_output,
        )
        if endpoint.existing is not None:
            known = self._parameters(doubles)
            return attach(application, endpoint, endpoint.existing, known)
        owner = run_on(endpoint)
        stage = apply(
            application,
            endpoint,
            stack=self._stack_name(),
            parameters=self._parameters(doubles),
            environment=companions.environment,
            stand_ins=companions.stand_ins,
            owner=owner,
            signal=self.run.note,
        )
        if not self.target.disposable:
            self.held.callback(remove, stage, owner)
        return stage

    @property
    def _ours(self) -> bool:
        """Whether we deploy the stage; else nothing is put beside it and nothing invoked."""
        return self.run.target != "live"

    def _stack_name(self) -> str:
        return stack_name(
            self.project.config.application, self.run.worker, shared=self.target.shared
        )

    def _parameters(self, doubles: Doubles) -> dict[str, str]:
        settings = self.project.config.target(self.run.target)
        return {
            name: value if isinstance(value, str) else doubles.document(value)
            for name, value in settings.parameters.items()
        }

    def _observer(self, deployed: Deployed, recorder: Recorder, wire: Wire | None) -> Observer:
        settings = self.project.config.observe
        with self.phases.phase("observe"):
            observer = Observer(deployed, settings, recorder, told=wire is not None)
            self.held.callback(observer.stop)
            observer.start()

        def crossed(attempt: Attempt, _: Answer) -> None:
            if attempt.name.startswith("dynamodb.") and not reads(attempt.name):
                observer.written()

        if wire is not None:
            wire.hear(crossed)
        return observer

    def _rest(self, deployed: Deployed, recorder: Recorder, loop: Loop) -> Rest:
        config = self.project.config
        rest = Rest(
            self.project.contracts.openapi,
            deployed.base_url,
            recorder,
            loop.asyncio,
            keys=config.observe.key,
            correlation_header=config.checks.correlation_header,
            signed=config.checks.signatures,
        )
        self.held.callback(rest.close)
        return rest

    def _graphql(self, deployed: Deployed, recorder: Recorder, loop: Loop) -> GraphQL | None:
        config = self.project.config
        if not deployed.graphql_url:
            return None
        graphql = GraphQL(
            deployed.graphql_url,
            recorder,
            loop.asyncio,
            contract=self.project.contracts.graphql,
            keys=config.observe.key,
            region=deployed.region,
            correlation_header=config.checks.correlation_header,
        )
        self.held.callback(graphql.close)
        return graphql


def _others(doubles: Doubles) -> dict[str, Other]:
    """What can be failed beside AWS's own calls."""
    stand_ins: list[Double] = list(doubles.values())
    return {SERVICE: Other(actions=IN_FRONT), **{d.name: _of_double(d) for d in stand_ins}}


def _of_double(double: Double) -> Other:
    menu = getattr(double, "menu", None)
    if menu is None:  # it does what it does, and doesn't say what
        return Other()
    operations = {route.operation for route in double.routes()}
    operations |= {option.operation for option in menu.options}
    own = {name: {o.action.do for o in menu.options if o.operation == name} for name in operations}
    return Other({name: GENERIC | actions for name, actions in own.items()})

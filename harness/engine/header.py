"""What a history says of itself at its head: enough to judge it again without the application."""

import importlib
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from harness.deploy import deployed_parameters
from harness.engine.playing import QUIET
from harness.engine.project import Project
from harness.engine.run import Run
from harness.engine.scenario import ScenarioUnit
from harness.laws import dump, messages_kept
from harness.model import Capability, HarnessError, Header, Json, Law
from harness.targets import Endpoint


def header(
    project: Project, run: Run, endpoint: Endpoint, laws: tuple[dict[str, Json], ...]
) -> Header:
    """The header of one worker's history; ``laws`` as ``laws_as_data`` gives them."""
    config = project.config
    settings = config.target(run.target)
    given = {n: v for n, v in settings.parameters.items() if isinstance(v, str)}
    return Header(
        run=run.id,
        application=config.application,
        target=run.target,
        seed=run.seed,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        laws=_judging(laws, endpoint),
        parameters={
            **deployed_parameters(config.template_in(project.root), given),
            **(endpoint.existing.parameters if endpoint.existing else {}),
        },
        capabilities=tuple(sorted(c for c, m in endpoint.capabilities.items() if m.has)),
        versions=versions(),
        digests=project.contracts.digests,
    )


def _judging(laws: tuple[dict[str, Json], ...], endpoint: Endpoint) -> tuple[dict[str, Json], ...]:
    """Without a wire no message is seen, so none is judged."""
    if endpoint.can(Capability.WIRE):
        return laws
    return tuple(law for law in laws if law.get("kind") != messages_kept().kind)


def laws_as_data(
    project: Project, scenarios: Sequence[ScenarioUnit], whole: Sequence[Law] | None = None
) -> tuple[dict[str, Json], ...]:
    """Every law of the run as data: those of the whole history, then each scenario's.

    Raises:
        HarnessError: the module that ``harness.toml`` names for them can't be had.
    """
    return (
        *(dump(law) for law in always(project, whole)),
        *(dump(law, unit=unit.id) for unit in scenarios for law in (*unit.scenario.laws, QUIET)),
    )


def always(
    project: Project, whole: Sequence[Law] | None = None, *, heard: bool = True
) -> tuple[Law, ...]:
    """The laws that judge the ``whole`` history: these, else those of the module that
    ``harness.toml`` names; and that messages keep their contract, where there is one and they are
    ``heard``.

    Raises:
        HarnessError: the module that it names can't be had.
    """
    told = heard and project.contracts.asyncapi and project.config.wire.enabled
    own = named_laws(project.config.scenarios.laws, "scenarios") if whole is None else whole
    return (*own, *((messages_kept(),) if told else ()))


def named_laws(laws: str, table: str) -> tuple[Law, ...]:
    """The laws that ``harness.toml`` names in that table, as ``module:NAME``; none of nothing.

    Raises:
        HarnessError: they can't be had.
    """
    if not laws:
        return ()
    module, _, name = laws.partition(":")
    try:
        return tuple(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise HarnessError(
            f"harness.toml: [{table}] laws = {laws!r} can't be had: {error}",
            "Give MODULE:NAME of a tuple of laws.",
        ) from error


def versions() -> dict[str, str]:
    """What this run was made with."""
    names = ("stageproof", "hypothesis", "schemathesis", "pytest", "boto3")
    return {"python": platform.python_version(), **{n: _version(n) for n in names}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"

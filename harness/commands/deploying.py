"""``stageproof deploy``, ``outputs`` and ``destroy``: a stack that stays when the command is over.

Verifying never does any of this to somebody's stage: it attaches to what it finds.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from harness.commands.standing import latest_outputs
from harness.config import Config, ConfigError, load_config
from harness.deploy import (
    Application,
    Template,
    apply,
    load_template,
    outputs_of,
    parameters_of,
    python_of,
    take_away,
)
from harness.report.typed import as_typed
from harness.targets import Endpoint, FromDouble, TargetSettings, ground_of

_LIVE = "live"


@dataclass(frozen=True)
class Ground:
    """Which stack, where."""

    config: Path
    target: str
    stack: str = ""
    """The application's name where none is given."""

    def name(self, config: Config) -> str:
        """Of the stack."""
        return self.stack or config.application


@dataclass(frozen=True)
class DeployWish:
    """What is deployed, and with what."""

    ground: Ground
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Given by hand; they go before those of ``harness.toml``."""


def deploy(wish: DeployWish, console: Console) -> int:
    """Package and deploy the application, and leave it there.

    Raises:
        HarnessError: the failing resource and reason, a parameter that only a double can give …
    """
    config = load_config(wish.ground.config)
    root, name = wish.ground.config.resolve().parent, wish.ground.name(config)
    settings = config.target(wish.ground.target)
    template = load_template(config.template_in(root))
    values = _parameters(settings, wish, template)
    endpoint = ground_of(wish.ground.target, settings, _teller(console))
    endpoint = replace(endpoint, python=python_of(template, values, endpoint.python))
    stage = apply(
        Application(
            root=root,
            template=template.path,
            package=config.package,
            seed={} if wish.ground.target == _LIVE else config.seed,
            base_url=config.contracts.rest_output,
            graphql_url="",
        ),
        endpoint,
        stack=name,
        parameters=values,
        environment={},
        signal=_teller(console),
    )
    console.print(f"\n[bold green]{name} is deployed[/] to {_place(endpoint)}")
    for output, value in sorted(stage.outputs.items()):
        console.print(f"  {output:<24} {escape(value)}", soft_wrap=True)
    for line in stage.pruned:
        console.print(f"  left out: {escape(line)}", soft_wrap=True)
    where = _arguments(wish.ground, endpoint)
    if not endpoint.url:
        _next(console, "Verify it", f"stageproof verify --target live{_named(name)}")
    _next(console, "Its outputs as a file", f"stageproof outputs{where} > outputs.json")
    _next(console, "Take it away", f"stageproof destroy{where}")
    return 0


def outputs(ground: Ground, console: Console) -> int:
    """Print a stack's outputs as JSON, name → value, as ``verify --outputs`` takes them.

    Raises:
        HarnessError: nothing stands there.
    """
    config = load_config(ground.config)
    if ground.target == "embedded":
        found = latest_outputs(ground.config.resolve().parent)
    else:
        endpoint = ground_of(ground.target, config.target(ground.target), _silent)
        found = outputs_of(endpoint, ground.name(config))
    # Nothing but JSON, so that it can be piped.
    console.print(json.dumps(dict(sorted(found.items())), indent=2), markup=False, soft_wrap=True)
    return 0


def destroy(ground: Ground, console: Console, *, sure: bool) -> int:
    """Take away a stack that ``deploy`` left, with all it holds.

    Raises:
        HarnessError: somebody else made it, or nobody said that it may go.
    """
    config = load_config(ground.config)
    name = ground.name(config)
    endpoint = ground_of(ground.target, config.target(ground.target), _teller(console))
    if not sure and ground.target == _LIVE:
        raise ConfigError(
            f"the stack {name} in {endpoint.region} would be deleted with everything in its tables",
            "If that is meant: the same command with --yes.",
        )
    if not take_away(endpoint, name):
        console.print(f"there is no stack {name} at {_place(endpoint)}: nothing to do")
        return 0
    console.print(f"{name} is gone from {_place(endpoint)}, its code too")
    _next(console, "Deploy it again", f"stageproof deploy{_arguments(ground, endpoint)}")
    return 0


def _parameters(settings: TargetSettings, wish: DeployWish, template: Template) -> dict[str, str]:
    given = {**settings.parameters, **wish.parameters}
    # Before anything is packaged: those that aren't known, and those that are missing.
    parameters_of(template, {n: "" if isinstance(v, FromDouble) else v for n, v in given.items()})
    served = [name for name, value in given.items() if isinstance(value, FromDouble)]
    if served:
        raise ConfigError(
            f"[targets.{wish.ground.target}.parameters] takes {', '.join(served)} from a double, "
            "which ends with its run",
            f"Give values that last: {' '.join(f'--parameter {n}=…' for n in served)}.",
        )
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _place(endpoint: Endpoint) -> str:
    return endpoint.url or f"AWS, {endpoint.region}"


def _arguments(ground: Ground, endpoint: Endpoint) -> str:
    said = f" --target {ground.target}"
    if endpoint.url:
        said += f" --endpoint {shlex.quote(endpoint.url)}"
    return said + (_named(ground.stack) if ground.stack else "")


def _named(stack: str) -> str:
    return f" --stack {shlex.quote(stack)}"


def _next(console: Console, what: str, command: str) -> None:
    console.print(f"{what}: [bold]{escape(as_typed(command))}[/]", soft_wrap=True)


def _teller(console: Console) -> Callable[[str], None]:
    return lambda said: console.print(f"[dim]{escape(said)}[/]", soft_wrap=True)


def _silent(said: str) -> None:
    """Progress has no place in what is piped."""

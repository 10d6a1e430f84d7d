"""Options that several commands have: which application, on which stage."""

import os
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import click

from harness.report.typed import option_of

file = click.Path(path_type=Path, dir_okay=False)
folder = click.Path(path_type=Path, file_okay=False)
config = click.option(
    "--config",
    type=file,
    default=Path("harness.toml"),
    show_default=True,
    help="The application's harness.toml.",
)
target = click.option(
    "--target",
    default="embedded",
    show_default=True,
    is_eager=True,  # before the options that are for one target alone
    help="Where the stage runs.",
)

_GIVEN = "harness.commands.options.given"


def same_stage() -> str:
    """The options that mean the same stage as those given did, for a command to type next."""
    context = click.get_current_context()
    given: list[str] = context.meta.get(_GIVEN, [])
    return option_of(context.params["target"]) + "".join(f" {each}" for each in given)


def _tell(name: str, only: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Hand an option on as environment, to this process and to those it starts.

    Which the target ``only`` reads: with another one, the option would be ignored and another
    stage be judged than the one that was meant.
    """

    def tell(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if not value:
            return
        target = context.params.get("target")
        if target != only:
            raise click.UsageError(
                f"{parameter.opts[0]} is for --target {only}; the target is {target}.", context
            )
        said = parameter.opts[0] if value is True else f"{parameter.opts[0]} {quote(str(value))}"
        context.meta.setdefault(_GIVEN, []).append(said)
        if isinstance(value, Path):
            value = str(value.absolute())
        os.environ[name] = value if isinstance(value, str) else "1"

    return tell


endpoint = click.option(
    "--endpoint",
    metavar="URL",
    expose_value=False,
    callback=_tell("LOCALSTACK_ENDPOINT", "localstack"),
    help="With --target localstack: a LocalStack that runs already. It is never reset or stopped.",
)
stack = click.option(
    "--stack",
    metavar="NAME",
    expose_value=False,
    callback=_tell("STAGEPROOF_STACK", "live"),
    help="With --target live: the stack to attach to, in [targets.live] region.",
)
outputs = click.option(
    "--outputs",
    type=file,
    metavar="FILE",
    expose_value=False,
    callback=_tell("STAGEPROOF_OUTPUTS", "live"),
    help="With --target live: a file with the stage's outputs, as SAM, CDK or Terraform write it.",
)
keep = click.option(
    "--keep",
    is_flag=True,
    expose_value=False,
    callback=_tell("STAGEPROOF_KEEP", "localstack"),
    help="With --endpoint: leave our stack (APPLICATION-verify) there at the end.",
)

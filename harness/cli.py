"""The door: arguments in, exit codes out (0 pass, 1 findings, 2 could not, 130 interrupted)."""

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from harness.commands import options
from harness.interruption import heard, heed
from harness.model import HarnessError
from harness.report.typed import as_typed

COULD_NOT = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stageproof", prog_name="stageproof")
def cli() -> None:
    """Is this stage fit to be promoted?

    Exit codes: 0 pass, 1 findings, 2 could not do its job, 130 interrupted.
    """


@cli.command(context_settings={"ignore_unknown_options": True})
@options.config
@options.target
@options.endpoint
@options.stack
@options.outputs
@options.keep
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same cases.")
@click.option(
    "-n",
    "--workers",
    type=click.IntRange(1, 16),
    help="Side by side, a stage for each; the cases stay the same. [default: 3 for the whole, "
    "1 for a part]",
)
@click.option("-k", "select", default="", help="Only the units that match, as pytest's -k.")
@click.option("--lf", "failed_only", is_flag=True, help="Only what failed last time.")
@click.option("-x", "stop_at_first", is_flag=True, help="Stop at the first failing unit.")
@click.option("--evidence", type=options.folder, help="Folder to leave evidence in.")
@click.option("--junit", type=options.file, help="Also write JUnit XML here.")
@click.option("--up", is_flag=True, help="On the stage that `stageproof up` keeps.")
@click.option("--list", "list_only", is_flag=True, help="Only name the units; start nothing.")
@click.option("-v", "--verbose", is_flag=True)
@click.argument("pytest", nargs=-1, type=click.UNPROCESSED)
def verify(**wished: Any) -> int:
    """Bring a stage up, check it against its contracts, run its scenarios, judge."""
    from harness.commands.verify import Wish
    from harness.commands.verify import verify as run

    return run(Wish(**wished, same=options.same_stage()), _console())


@cli.command()
@options.config
@click.option("--seed", type=int, default=0, show_default=True, help="Of both runs.")
@click.option("-k", "select", default="", help="Only the units that match, as pytest's -k.")
@click.option("-n", "--workers", type=click.IntRange(1, 16), help="As for verify.")
@click.argument("targets", nargs=2, default=("embedded", "localstack"))
def parity(
    config: Path, seed: int, select: str, workers: int | None, targets: tuple[str, str]
) -> int:
    """Verify on two targets with the same seed, and say where they differ and why.

    Exits 1 if a difference isn't explained by a capability that only one of them has.
    """
    from harness.commands.parity import parity as run
    from harness.commands.verify import Wish

    return run(Wish(config, seed=seed, select=select, workers=workers), targets, _console())


@cli.command()
@options.config
@options.target
@options.endpoint
@options.keep
def up(config: Path, target: str) -> int:
    """Bring a stage up and keep it up until Ctrl-C."""
    from harness.commands.up import up as run

    return run(config, target, _console())


@cli.command()
@options.config
def down(config: Path) -> int:
    """End the stage that `up` keeps, from another terminal."""
    from harness.commands.up import down as run

    return run(config, _console())


def _pairs(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> dict[str, str]:
    """``NAME=VALUE``, several times."""
    if wrong := [each for each in value if not each.partition("=")[1]]:
        raise click.BadParameter(f"{wrong[0]!r} has no '='; give NAME=VALUE")
    return {name: said for name, _, said in (each.partition("=") for each in value)}


_place = click.option(
    "--target",
    default="live",
    show_default=True,
    is_eager=True,
    help="Where the stack stays: live, localstack.",
)
_called = click.option("--stack", default="", help="The stack's name. [default: the application's]")


@cli.command()
@options.config
@_place
@options.endpoint
@_called
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="A parameter of the template; goes before that of harness.toml.",
)
def deploy(config: Path, target: str, stack: str, parameters: dict[str, str]) -> int:
    """Deploy the application and leave it there; only this and `destroy` change a live stage."""
    from harness.commands.deploying import DeployWish, Ground
    from harness.commands.deploying import deploy as run

    return run(DeployWish(Ground(config, target, stack), parameters), _console())


@cli.command()
@options.config
@click.option(
    "--target",
    default="embedded",
    show_default=True,
    is_eager=True,
    help="Where the stage is: embedded for the one that `up` keeps.",
)
@options.endpoint
@_called
def outputs(config: Path, target: str, stack: str) -> int:
    """Print a stage's outputs as JSON, as `verify --outputs` takes them."""
    from harness.commands.deploying import Ground
    from harness.commands.deploying import outputs as run

    return run(Ground(config, target, stack), _console())


@cli.command()
@options.config
@_place
@options.endpoint
@_called
@click.option("--yes", "sure", is_flag=True, help="Of a live stage: yes, with all its data.")
def destroy(config: Path, target: str, stack: str, sure: bool) -> int:
    """Take away a stack that `deploy` left. One that somebody else made is not touched."""
    from harness.commands.deploying import Ground
    from harness.commands.deploying import destroy as run

    return run(Ground(config, target, stack), _console(), sure=sure)


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
def check(path: Path) -> int:
    """Judge a recorded history (or an evidence folder's) again."""
    from harness.commands.check import check as run

    return run(path, _console())


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@options.config
@click.option("--target", help="Where to play it. [default: where it was found]")
@click.option(
    "--times", type=click.IntRange(min=1),
    help="How often to play it, until it breaks. [default: 3, or 1 where something changed]",
)  # fmt: skip
def replay(path: Path, config: Path, target: str | None, times: int | None) -> int:
    """Play a failing case again from the file that verify or chaos left of it."""
    from harness.commands.replay import replay as run

    return run(path, config, target, times, _console())


@cli.command()
@options.config
@options.target
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same order.")
@click.option(
    "-n",
    "--workers",
    type=click.IntRange(1, 16),
    help="Lanes, a stage for each. [default: up to 6, and more while there is room]",
)
@click.option("-k", "select", default="", help="Only searched scenarios whose id contains this.")
@click.option(
    "--budget",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Explore for so long: single faults first, then several at once.",
)
@click.option("--every", is_flag=True, help="Fail calls, too, that others alike stand for.")
@click.option("-x", "--first", is_flag=True, help="End with the first that breaks something.")
@click.option("--fresh", is_flag=True, help="Forget what was explored before.")
def chaos(**wished: Any) -> int:
    """Fail every call of a story in every way that applies, one by one, and see what breaks."""
    from harness.commands.chaos import ChaosWish
    from harness.commands.chaos import chaos as run

    return run(ChaosWish(**wished), _console())


@cli.command()
@options.config
@options.target
@options.endpoint
@options.keep
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same wishes.")
@click.option(
    "-u",
    "--users",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="Customers at once.",
)
@click.option(
    "--journeys",
    "--orders",
    "journeys",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="From first request to end, of all customers together.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="USERS",
    help="That begin in a second. [default: all within 30 s]",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="End it then, wherever it is.",
)
@click.option("--outage", default="", metavar="DOUBLE", help="Down for a while in the middle.")
@click.option(
    "--outage-seconds",
    type=click.FloatRange(min=0.1),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="For so long at most.",
)
@click.option(
    "--ui",
    type=click.IntRange(1, 65535),
    is_flag=False,
    flag_value=8089,
    default=None,
    metavar="[PORT]",
    help="With Locust's page, on 127.0.0.1. [port: 8089]",
)
def load(**wished: Any) -> int:
    """Put a stage under load with the application's Locust users, and let its laws judge."""
    from harness.commands.load import LoadWish
    from harness.commands.load import load as run

    return run(LoadWish(**wished, same=options.same_stage()), _console())


@cli.command()
@options.config
@click.option("--evidence", type=options.folder, help="Of which run. [default: the last one]")
@click.option("--add", is_flag=True, help="Take new findings in, too, where there is a baseline.")
def baseline(config: Path, evidence: Path | None, add: bool) -> int:
    """Keep what the last run found as known: from then on only what is new fails.

    Once there is a baseline.json, it only strikes what is mended.
    """
    from harness.commands.baseline import baseline as run

    return run(config, _console(), evidence=evidence, add=add)


@cli.command()
@click.argument("folder", type=options.folder, default=Path())
@click.option("--print", "show", is_flag=True, help="Print it; write nothing.")
def init(folder: Path, show: bool) -> int:
    """Write a harness.toml from the template and the contracts found in a folder."""
    from harness.commands.init import init as run

    return run(folder, _console(), show=show)


@cli.command()
@options.config
def lint(config: Path) -> int:
    """Check harness.toml and the contracts; start nothing."""
    from harness.commands.verify import lint as run

    return run(config, _console())


@cli.command()
def doctor() -> int:
    """What this machine has, what is missing, and how to get it."""
    from harness.commands.doctor import doctor as run

    return run(_console())


@cli.command()
@options.target
@options.endpoint
@click.option("-k", "only", default="", help="Only capabilities whose name contains this.")
@click.option("--write", is_flag=True, help="Keep what was found as the data, and the page of it.")
def probe(target: str, only: str, write: bool) -> int:
    """Measure what a target can do; 1 if the data says otherwise."""
    from harness.commands.probe import probe as run

    return run(target, _console(), only=only, write=write, same=options.same_stage())


@cli.command()
def schema() -> int:
    """Print the JSON Schema of harness.toml."""
    from harness.config import Config

    click.echo(json.dumps(Config.model_json_schema(), indent=2))
    return 0


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit by its code; no traceback for what a person can mend."""
    heed()
    sys.exit(guarded(lambda: cli.main(args=arguments, standalone_mode=False)))


def guarded(run: Callable[[], Any]) -> int:
    """Run it and give the exit code; errors become words on stderr."""
    console = Console(stderr=True, highlight=False)
    try:
        return int(run() or 0)
    except HarnessError as error:
        return _could_not(console, error.what, error.mend)
    except click.ClickException as error:
        error.show()
        return COULD_NOT
    except (KeyboardInterrupt, click.Abort):
        heard()
        console.print("interrupted")
        return INTERRUPTED
    except OSError as error:
        return _could_not(console, str(error), "Mend what it names, and try again.")
    except Exception as error:  # a bug of ours is no verdict: 1 would say that there are findings
        said = f"{type(error).__name__}: {error}"
        return _could_not(console, said, f"Report it, with {_keep_trace()}.")


def _could_not(console: Console, what: str, mend: str) -> int:
    console.print(f"[bold red]stageproof could not do its job:[/] {escape(what)}", soft_wrap=True)
    if mend:
        console.print(f"[bold]What to do:[/] {escape(as_typed(mend))}", soft_wrap=True)
    return COULD_NOT


def _keep_trace() -> str:
    """Put the traceback of the current exception aside; where it is."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="stageproof-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
    return file.name


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=120)

"""``stageproof init``: a ``harness.toml`` from what lies in a folder."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from harness.commands.starting import Guess, Promises, guess, promises_in, templates_in, written
from harness.commands.starting.writing import todo
from harness.config import FILE, load_config
from harness.model import HarnessError
from harness.report.typed import as_typed
from harness.specs import ContractError, load_contracts


def init(folder: Path, console: Console, *, show: bool) -> int:
    """Look, guess, write, and say what was guessed and what is left to do.

    ``show`` prints the file instead of writing it. A file that is there is never changed.

    Raises:
        HarnessError: there is a file already, or no template, or no contract.
    """
    file = folder / FILE
    if file.exists() and not show:
        raise HarnessError(
            f"there is a {file} already; it is left as it is",
            "See what would be written: stageproof init --print",
        )
    guessed = _guess(folder)
    text = written(guessed)
    if show:
        console.print(text, end="", markup=False, soft_wrap=True)
        return 0
    file.write_text(text, encoding="utf-8")
    console.print(f"[bold green]{escape(str(file))} is written[/]", soft_wrap=True)
    for what, value in _told(guessed):
        console.print(f"  {what:<12} {escape(value)}", soft_wrap=True)
    left = [*todo(guessed), *_mistakes(file)]
    for line in left:
        console.print(f"  [yellow]to do[/] {escape(line)}", soft_wrap=True)
    console.print(f"Next{', that done' if left else ''}: [bold]{as_typed('stageproof verify')}[/]")
    return 0


def _guess(folder: Path) -> Guess:
    if not folder.is_dir():
        raise HarnessError(f"{folder} is not a folder", "Give the project's root.")
    templates, promises = templates_in(folder), promises_in(folder)
    if not templates:
        raise HarnessError(
            f"no SAM or CloudFormation template in {folder}",
            "Run it in the project's root; a CDK application is synthesized first: cdk synth",
        )
    if not (promises.openapi or promises.graphql or promises.asyncapi):
        raise HarnessError(
            f"no contract (OpenAPI 3.1, GraphQL, AsyncAPI 3) in {folder}{_unread(promises)}",
            "A stage is judged by what it promises: write down its operations, as "
            "docs/contracts.md says.",
        )
    return guess(folder, templates, promises)


def _unread(promises: Promises) -> str:
    said = "; ".join(f"{path} is {why}" for path, why in promises.unread.items())
    return f" ({said})" if said else ""


def _told(guessed: Guess) -> list[tuple[str, str]]:
    """What was taken for what."""
    watched = [*guessed.watched.buses, *guessed.watched.topics, *guessed.watched.dead_letters]
    known = {
        "application": guessed.application,
        "template": guessed.found.path.as_posix(),
        "openapi": guessed.openapi,
        "graphql": guessed.graphql,
        "asyncapi": guessed.asyncapi,
        "base_url": guessed.base_url.output if guessed.openapi and guessed.base_url else "",
        "graphql_url": guessed.graphql_url if guessed.graphql else "",
        "api key": guessed.callers.key_output,
        "watched": ", ".join(watched),
    }
    return [(what, value) for what, value in known.items() if value]


def _mistakes(file: Path) -> list[str]:
    """What keeps the file from being used as it is."""
    try:
        load_contracts(load_config(file).contracts, file.parent)
    except ContractError as error:
        return [str(problem) for problem in error.problems]
    return []

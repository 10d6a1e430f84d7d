"""From a template and contracts to what ``harness.toml`` says, with what can't be guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.commands.starting.callers import Callers, callers_of
from harness.commands.starting.contracts import Promises
from harness.commands.starting.outputs import Address, Outputs
from harness.commands.starting.templates import Found
from harness.commands.starting.watching import Watched, watched_in

_GRAPHQL = ("AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi")
_STACK_NAME = re.compile(r"^\s*stack_name\s*=\s*[\"'](.+?)[\"']", re.MULTILINE)
_NO_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 31


@dataclass(frozen=True)
class Guess:
    """All of it."""

    application: str
    found: Found
    others: tuple[Found, ...]
    """Templates that weren't taken."""
    promises: Promises
    base_url: Address | None
    graphql_url: str
    missing: Mapping[str, str]
    """Parameters without a default → what they are for, as the template says."""
    callers: Callers
    watched: Watched
    values: Mapping[str, str] = field(default_factory=dict)
    """GraphQL argument → where a real value of it comes from."""

    @property
    def openapi(self) -> str:
        """The contract that is taken."""
        return next(iter(self.promises.openapi), "")

    @property
    def graphql(self) -> str:
        """The schema that is taken."""
        return next(iter(self.promises.graphql), "")

    @property
    def asyncapi(self) -> str:
        """The contract of messages that is taken."""
        return next(iter(self.promises.asyncapi), "")


def guess(root: Path, templates: tuple[Found, ...], promises: Promises) -> Guess:
    """What the folder seems to hold; the first template is taken."""
    found = templates[0]
    outputs = Outputs(found.template)
    urls = outputs.attribute("GraphQLUrl", *_GRAPHQL)
    callers = callers_of(root, found.template, outputs, promises)
    return Guess(
        application=_name(root, found),
        found=found,
        others=templates[1:],
        promises=promises,
        base_url=next(iter(outputs.rest()), None),
        graphql_url=urls[0][0] if urls else "",
        missing=_missing(found.template.body.get("Parameters") or {}),
        callers=callers,
        watched=watched_in(found.template, outputs),
        values=callers.values,
    )


def _name(root: Path, found: Found) -> str:
    """CDK's stack, SAM's, or the folder's name, as an application may be called."""
    if found.kind == "cdk":
        said = found.path.name.removesuffix(".template.json")
    else:
        settings = root / "samconfig.toml"
        text = settings.read_text(encoding="utf-8", errors="replace") if settings.is_file() else ""
        named = _STACK_NAME.search(text)
        said = named[1] if named else root.resolve().name
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", said).lower()
    name = _NO_NAME.sub("-", parted).strip("-").lstrip("0123456789-")
    return name[:_LONGEST].rstrip("-") or "application"


def _missing(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(declared.get("Description", ""))
        for name, declared in parameters.items()
        if "Default" not in declared
    }

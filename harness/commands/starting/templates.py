"""Templates in a folder: what SAM and CloudFormation people write, ``sam build``, ``cdk synth``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.commands.starting.walking import files_in, text_of
from harness.deploy import DeployError, Template, load_template

_SAYS_SO = re.compile(r"AWSTemplateFormatVersion|\bAWS::[A-Z]\w+::[A-Z]\w+")
_CODE = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_APIS = (
    "AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api", "AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi",
)  # fmt: skip
_OUTPUTS = ("cdk.out", ".aws-sam", "build")
_BUILT = Path(".aws-sam/build/template.yaml")
_OWN_BUILDERS = ("esbuild", "makefile", "go1.x", "rust-cargolambda", "dotnet")
"""``BuildMethod`` of code that can't be deployed as it lies in its folder."""


@dataclass(frozen=True)
class Found:
    """A template, and where it is."""

    path: Path
    """Relative to the folder."""
    template: Template
    kind: str
    """``source``, ``built`` by SAM, or ``cdk``."""

    @property
    def depth(self) -> int:
        """How far in it lies, not counting where a tool puts what it builds."""
        return len([part for part in self.path.parts if part not in _OUTPUTS])

    @property
    def weight(self) -> tuple[bool, int]:
        """How much of an application it describes: whether there is an API, how many functions."""
        return bool(self.template.of_type(*_APIS)), len(self.template.of_type(*_CODE))


def templates_in(root: Path) -> tuple[Found, ...]:
    """Every template, the likeliest first; one that doesn't parse is no template.

    What people write goes before what is built of it, unless it can only be deployed built.
    """
    found = [x for path in _candidates(root) if (x := _read(root, path))]
    needs_build = any(x.kind == "source" and _needs_build(x.template) for x in found)
    order = {"source": 1, "cdk": 0, "built": 0 if needs_build else 2}
    found.sort(key=lambda x: (not x.weight[0], x.depth, order[x.kind], -x.weight[1]))
    return tuple(found)


def _candidates(root: Path) -> Iterator[Path]:
    if (root / _BUILT).is_file():
        yield root / _BUILT
    for path in files_in(root, ".yaml", ".yml", ".json", ".template"):
        if _SAYS_SO.search(text_of(path)) and not path.name.endswith(".nested.template.json"):
            yield path


def _read(root: Path, path: Path) -> Found | None:
    try:
        template = load_template(path)
    except DeployError:
        return None
    kinds = [r.get("Type") for r in template.resources.values() if isinstance(r, dict)]
    if not kinds or not all(isinstance(k, str) and "::" in k for k in kinds):
        return None
    relative = path.relative_to(root)
    kind = "cdk" if path.name.endswith(".template.json") else "source"
    return Found(relative, template, "built" if relative == _BUILT else kind)


def _needs_build(template: Template) -> bool:
    return any(
        str((r.get("Metadata") or {}).get("BuildMethod", "")).startswith(_OWN_BUILDERS)
        for r in template.of_type(*_CODE).values()
    )

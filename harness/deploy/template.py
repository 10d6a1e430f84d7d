"""The template with the changes that a target may need, all of them told."""

import copy
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.deploy import tagged
from harness.deploy.assets import without_bootstrap
from harness.deploy.errors import DeployError
from harness.deploy.references import check_references, references
from harness.deploy.stand_ins import StandIns, stand_in
from harness.model import Capability
from harness.targets import Endpoint

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")

_NEEDS = {
    "AWS::WAFv2::": Capability.WAF,
    "AWS::AppSync::": Capability.APPSYNC,
    "AWS::Serverless::GraphQLApi": Capability.APPSYNC,
}
"""Types of resources that make no sense where a capability is missing."""

_NONE: StandIns = {}


@dataclass(frozen=True)
class Template:
    """A template as data, and what was changed on the way."""

    path: Path
    body: dict[str, Any]
    pruned: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """By logical id."""
        return self.body["Resources"]  # type: ignore[no-any-return]

    def of_type(self, *types: str) -> dict[str, dict[str, Any]]:
        """The resources of these types, by logical id."""
        return {n: r for n, r in self.resources.items() if r.get("Type") in types}


UNDESCRIBED = Template(Path(), {"Resources": {}})
"""That of a stage that is there already, where nobody gave one."""


def load_template(path: Path | None) -> Template:
    """Read it; without what only the ``cdk`` command needs.

    Raises:
        DeployError: there is none, or with file and line of what doesn't parse.
    """
    if path is None:
        raise DeployError(
            "harness.toml names no template, so nothing can be deployed",
            "Name it (template = …), or verify a stage that is there: stageproof verify --target "
            "live --stack NAME.",
        )
    body, struck = without_bootstrap(tagged.load(path))
    return Template(path, body, struck)


def prepare(
    template: Template,
    endpoint: Endpoint,
    environment: Mapping[str, str],
    stand_ins: StandIns = _NONE,
) -> Template:
    """Prune what the target lacks; give every function this environment. The original is kept.

    ``stand_ins`` are the values of what was pruned, where something stands in for it.

    Raises:
        DeployError: a reference to nothing, or to something that had to go.
    """
    check_references(template.body, str(template.path))
    body = copy.deepcopy(template.body)
    gone = _prune(body, endpoint)
    stood_in = stand_in(body, stand_ins, template.path)
    pruned = (*template.pruned, *gone.values(), *_strike(body, gone, endpoint, template.path))
    injected = _inject(body, environment)
    return Template(template.path, body, pruned, injected, stood_in)


def missed(template: Template, endpoint: Endpoint) -> frozenset[str]:
    """What the target lacks and the deployed rest, besides outputs, can't do without."""
    body = {"Resources": dict(template.resources)}
    gone = _prune(body, endpoint).keys()
    rest = [body["Resources"], template.body.get("Globals") or {}]
    return frozenset(gone & set(references(rest)))


def parameters_of(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter of the stack with the value it gets.

    Raises:
        DeployError: unknown or missing ones, all of them.
    """
    declared: dict[str, Any] = template.body.get("Parameters") or {}
    wrong = []
    for name in given:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, n=1)
            wrong.append(f"unknown {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
    wrong += [
        f"no value for {n!r}" for n, p in declared.items() if n not in given and "Default" not in p
    ]
    if wrong:
        raise DeployError(
            f"the parameters don't fit {template.path}: {'; '.join(wrong)}",
            "Mend [targets.<name>] parameters in harness.toml.",
        )
    return {n: given.get(n, _text(p.get("Default"))) for n, p in declared.items()}


def deployed_parameters(path: Path | None, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters a stack of this template gets; a missing one is left out. Without a template
    those that are given.

    Raises:
        DeployError: the template doesn't parse.
    """
    if path is None:
        return dict(given)
    declared: dict[str, Any] = load_template(path).body.get("Parameters") or {}
    defaults = {n: _text(p["Default"]) for n, p in declared.items() if "Default" in p}
    return {**defaults, **{n: v for n, v in given.items() if n in declared}}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _prune(body: dict[str, Any], endpoint: Endpoint) -> dict[str, str]:
    """Take away what the target lacks; gives what went, and why."""
    told = {}
    for name, resource in list(body["Resources"].items()):
        lacks = _lacking(str(resource.get("Type", "")), endpoint)
        if lacks is not None:
            del body["Resources"][name]
            told[name] = f"{name} ({resource['Type']}): the target lacks {lacks}"
    return told


def _strike(
    body: dict[str, Any], gone: Mapping[str, str], endpoint: Endpoint, path: Path
) -> list[str]:
    """Take away what shows the pruned; refuse what needs it."""
    told = []
    for name, output in list((body.get("Outputs") or {}).items()):
        if gone.keys() & set(references(output)):
            del body["Outputs"][name]
            told.append(f"output {name}")
    for name, part in [*body["Resources"].items(), ("Globals", body.get("Globals") or {})]:
        _forget_dependencies(part, gone)
        if needed := gone.keys() & set(references(part)):
            raise DeployError(
                f"{path}: {name} needs {', '.join(sorted(needed))}, which "
                f"{endpoint.target} can't have",
                "Put a Condition on it, or choose another target.",
            )
    return told


def _lacking(kind: str, endpoint: Endpoint) -> Capability | None:
    needed = next((c for prefix, c in _NEEDS.items() if kind.startswith(prefix)), None)
    return needed if needed is not None and not endpoint.can(needed) else None


def _forget_dependencies(resource: dict[str, Any], gone: Mapping[str, str]) -> None:
    wanted = resource.get("DependsOn")
    if isinstance(wanted, str) and wanted in gone:
        del resource["DependsOn"]
    elif isinstance(wanted, list):
        resource["DependsOn"] = [x for x in wanted if x not in gone]


def _inject(body: dict[str, Any], environment: Mapping[str, str]) -> tuple[str, ...]:
    if not environment:
        return ()
    told = []
    for name, resource in body["Resources"].items():
        if resource.get("Type") in FUNCTIONS:
            # On the function itself: it wins over the SAM globals and over its own value.
            properties = resource.setdefault("Properties", {})
            variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
            variables.update(_joined(variables, environment))
            told.append(f"{name}: {', '.join(sorted(environment))}")
    return tuple(told)


def _joined(own: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, where a path of the function's own isn't lost: it comes after ours."""
    path = own.get("PYTHONPATH")
    if "PYTHONPATH" not in environment or not isinstance(path, str):
        return dict(environment)
    return {**environment, "PYTHONPATH": f"{environment['PYTHONPATH']}:{path}"}

"""The Python that a template's functions ask for: what layers are built for on AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.deploy.errors import DeployError
from harness.deploy.template import Template
from harness.targets import Python

_MACHINES = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def python_of(template: Template, parameters: Mapping[str, str], otherwise: Python) -> Python:
    """Version and machine; ``otherwise`` where no function runs on Python.

    Raises:
        DeployError: functions ask for different ones, and a layer is built for one alone.
    """
    asked = {one for one in _asked(template.body, parameters) if one is not None}
    if len(asked) > 1:
        raise DeployError(
            f"functions of {template.path.name} run on different Pythons: "
            f"{', '.join(sorted(f'{version} on {machine}' for version, machine in asked))}",
            "Let all of them have one Runtime and one architecture.",
        )
    for version, machine in asked:
        return Python(version=version, platform=_MACHINES[machine])
    return otherwise


def _asked(
    body: Mapping[str, Any], parameters: Mapping[str, str]
) -> Iterator[tuple[str, str] | None]:
    shared = (body.get("Globals") or {}).get("Function") or {}
    for resource in (body.get("Resources") or {}).values():
        if resource.get("Type") in _FUNCTIONS:
            properties = {**shared, **(resource.get("Properties") or {})}
            runtime = _value(properties.get("Runtime"), body, parameters)
            machines = properties.get("Architectures") or ["x86_64"]
            machine = _value(machines[0], body, parameters) if isinstance(machines, list) else ""
            known = runtime.startswith("python") and machine in _MACHINES
            yield (runtime.removeprefix("python"), machine) if known else None


def _value(said: Any, body: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """A property that is a text, or refers to a parameter; empty for anything else."""
    if isinstance(said, Mapping) and (name := said.get("Ref")):
        declared = (body.get("Parameters") or {}).get(name) or {}
        return str(parameters.get(str(name), declared.get("Default", "")))
    return said if isinstance(said, str) else ""

"""YAML as CloudFormation writes it, with its short tags."""

from pathlib import Path
from typing import Any

import yaml

from harness.deploy.errors import DeployError

_PLAIN = {"Ref", "Condition"}


# libyaml's, where PyYAML was built with it, reads the same ten times as fast.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """Knows ``!Ref``, ``!GetAtt``, ``!Sub`` and the rest."""


# Dates stay text, as AWS leaves them: a policy's Version is one.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _PLAIN else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


def load(path: Path) -> dict[str, Any]:
    """A template as data, short tags in their long form.

    Raises:
        DeployError: with file, line and column.
    """
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a safe loader)
    except (OSError, UnicodeDecodeError) as error:
        raise DeployError(
            f"can't read the template {path}: {error}", "Give its path as `template`."
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise DeployError(
            f"{where}: the template is no YAML: {error.problem}", "Mend that line."
        ) from None
    if not isinstance(read, dict) or not isinstance(read.get("Resources"), dict):
        raise DeployError(
            f"{path}: the template has no Resources", "A SAM or CloudFormation template has."
        )
    return read

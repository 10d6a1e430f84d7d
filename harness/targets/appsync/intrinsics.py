"""CloudFormation's functions, as far as AppSync's resources use them.

What only the deployed stack knows stays a reference in CloudFormation's own notation, such as
``${Api.ApiId}``: the front needs to know which resource is meant, not its physical name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.model import Stage
from harness.targets.appsync.errors import AppSyncError

_REFERENCE = re.compile(r"\$\{(\w+)(?:\.([\w.]+))?\}")
_NO_VALUE = object()


def reference(value: object) -> tuple[str, str] | None:
    """The resource and attribute (empty for ``Ref``) that a value stands for, if it does."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (found[1], found[2] or "") if found else None


class Values:
    """Evaluates what stands in a template, with one stage's parameters."""

    def __init__(self, stage: Stage) -> None:
        template: Mapping[str, Any] = stage.template
        self._parameters = stage.parameters
        self._resources: Mapping[str, Any] = template.get("Resources") or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self._mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self._pseudo: dict[str, Any] = {
            "AWS::Region": stage.region,
            "AWS::StackName": stage.name,
            "AWS::AccountId": account_of(stage.credentials),
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NO_VALUE,
        }

    def of(self, value: Any) -> Any:
        """The value with everything in it evaluated.

        Raises:
            AppSyncError: a function that isn't known here, or a reference to nothing.
        """
        if isinstance(value, list):
            return [y for x in value if (y := self.of(x)) is not _NO_VALUE]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            [(name, given)] = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._call(name.removeprefix("Fn::"), given)
        evaluated = {k: self.of(v) for k, v in value.items()}
        return {k: v for k, v in evaluated.items() if v is not _NO_VALUE}

    def holds(self, condition: str) -> bool:
        """Whether a named condition is true for this stage."""
        if condition not in self._conditions:
            raise AppSyncError(f"the template has no condition {condition!r}", "Declare it.")
        return bool(self.of(self._conditions[condition]))

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Evaluated properties of the resources of a type whose condition holds, by logical id."""
        return {
            name: self.of(resource.get("Properties") or {})
            for name, resource in self._resources.items()
            if resource.get("Type") == kind
            and ("Condition" not in resource or self.holds(resource["Condition"]))
        }

    def _call(self, name: str, given: Any) -> Any:
        known: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "GetAtt": self._get_att,
            "Sub": self._sub,
            "Join": lambda x: str(x[0]).join(map(str, self.of(x[1]))),
            "Select": lambda x: self.of(x[1])[int(self.of(x[0]))],
            "Split": lambda x: str(self.of(x[1])).split(x[0]),
            "If": lambda x: self.of(x[1] if self.holds(x[0]) else x[2]),
            "Equals": lambda x: str(self.of(x[0])) == str(self.of(x[1])),
            "And": lambda x: all(map(self.of, x)),
            "Or": lambda x: any(map(self.of, x)),
            "Not": lambda x: not self.of(x[0]),
            "FindInMap": lambda x: self._mappings[self.of(x[0])][self.of(x[1])][self.of(x[2])],
        }
        if name not in known:
            raise AppSyncError(
                f"the local AppSync can't evaluate Fn::{name}: {given!r}",
                "Use Ref, GetAtt, Sub, Join, Select, Split, If or FindInMap there.",
            )
        return known[name](given)

    def _ref(self, name: str) -> Any:
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        return "${" + name + "}"

    def _get_att(self, given: str | list[str]) -> str:
        return "${" + (given if isinstance(given, str) else ".".join(given)) + "}"

    def _sub(self, given: Any) -> str:
        text, extra = (given, {}) if isinstance(given, str) else (given[0], self.of(given[1]))

        def one(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            return str(extra[name] if name in extra else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)


def has_api(stage: Stage, logical: str) -> bool:
    """Whether the GraphQL API with this logical id is there: its condition, if any, holds."""
    return logical in Values(stage).resources("AWS::AppSync::GraphQLApi")


def account_of(credentials: Mapping[str, str]) -> str:
    """The account: emulators take it from a 12-digit access key, else have one default."""
    key = credentials.get("aws_access_key_id", "")
    return key if re.fullmatch(r"\d{12}", key) else "000000000000"

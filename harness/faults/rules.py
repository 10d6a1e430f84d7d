"""Plans as JSON: the rule format of LocalStack's Chaos API, extended.

A rule of theirs is ``{region, service, operation, probability, error: {statusCode, code}}``. Ours
adds ``nth``, ``perKey``, ``place``, ``action``, ``function``, ``resource``, ``match`` and
``attempts``; a rule without any of them means what it means to LocalStack: every call fails.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from harness.faults.matching import ANY
from harness.model import (
    Action,
    Attempts,
    Fault,
    Frozen,
    HarnessError,
    Json,
    Nth,
    PerKey,
    Place,
    Plan,
    Point,
)


class RuleError(HarnessError):
    """A fault rule that can't be read."""


_READ = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True)
"""As the contract has it: nothing is taken for something else."""
_Status = Annotated[int, Field(ge=400, le=599)]


class _Error(Frozen):
    model_config = _READ

    # What LocalStack answers when a rule doesn't say.
    status_code: _Status = 503
    code: str = "ServiceUnavailable"


class _Action(Frozen):
    model_config = _READ

    do: str
    status: _Status | None = None
    code: str | None = None
    seconds: float | None = Field(default=None, ge=0, le=600)
    arguments: dict[str, Json] = Field(default_factory=dict)


class _Rule(Frozen):
    model_config = _READ

    region: str | None = None
    service: str = ANY
    operation: str = ANY
    probability: float | None = Field(default=None, gt=0, le=1)
    error: _Error | None = None
    nth: Nth = "every"
    per_key: PerKey = False
    place: Place = "before"
    action: _Action | None = None
    function: str | None = None
    resource: str | None = None
    match: dict[str, Json] = Field(default_factory=dict)
    attempts: Attempts = "every"


def to_rules(plan: Plan) -> list[dict[str, Json]]:
    """The plan as rules; what a rule would default to is left out."""
    return [_rule(fault).model_dump(by_alias=True, exclude_defaults=True) for fault in plan.faults]


def _rule(fault: Fault) -> _Rule:
    return _Rule(
        service=fault.at.service,
        operation=fault.at.operation,
        function=fault.at.function,
        resource=fault.at.resource,
        match=fault.at.match,
        nth=fault.nth,
        per_key=fault.per_key,
        place=fault.place,
        attempts=fault.attempts,
        probability=fault.probability,
        action=_Action(**fault.do.model_dump()),
    )


def from_rules(rules: Iterable[Json]) -> Plan:
    """The plan that rules describe.

    A region is accepted and ignored: a stage has one. ``probability`` 1 is certainty.

    Raises:
        RuleError: naming the rule and what is wrong with it.
    """
    return Plan(faults=tuple(from_rule(number, rule) for number, rule in enumerate(rules, 1)))


def from_rule(number: int, data: Json) -> Fault:
    """The fault that one rule describes; ``number`` names it in what is said of it.

    Raises:
        RuleError: what is wrong with it.
    """
    try:
        rule = _Rule.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(_within(data, first["loc"])) or "it"
        raise RuleError(
            f"fault rule {number}: {where}: {first['msg']}",
            "Use the Chaos API's fields: service, operation, probability, error; or nth, perKey, "
            "place, action, function, resource, match, attempts.",
        ) from None
    return Fault(
        at=Point(
            service=rule.service,
            operation=rule.operation,
            function=rule.function,
            resource=rule.resource,
            match=rule.match,
        ),
        nth=rule.nth,
        per_key=rule.per_key,
        place=rule.place,
        attempts=rule.attempts,
        probability=None if rule.probability == 1 else rule.probability,
        do=_action(rule),
    )


def _action(rule: _Rule) -> Action:
    if rule.action is not None:
        return Action(**rule.action.model_dump())
    error = rule.error or _Error()
    return Action(do="error", status=error.status_code, code=error.code)


def _within(data: Json, places: Iterable[int | str]) -> Iterator[str]:
    """The places that the data has; pydantic goes on with the alternatives that it tried."""
    for place in places:
        if not isinstance(data, Mapping):
            return
        yield str(place)
        data = data.get(str(place))

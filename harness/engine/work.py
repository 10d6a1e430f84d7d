"""A scenario's work as JSON and back, so that a case can be played without what drew it."""

from typing import Any, get_type_hints

from pydantic import PydanticUserError, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from harness.engine.scenario import Scenario
from harness.model import HarnessError, Json


def work_as_json(scenario: Scenario, work: object) -> Json:
    """The work of one case, by the type that the story declares for it.

    Raises:
        HarnessError: it doesn't come back as it was; the story's second parameter needs a type
            that pydantic knows, such as a tuple of dataclasses.
    """
    try:
        adapter = _adapter(scenario)
        data = adapter.dump_python(adapter.validate_python(work), mode="json")
        same = adapter.validate_python(data, strict=False) == work
    except (ValidationError, PydanticUserError, PydanticSerializationError, NameError) as error:
        raise _unfit(scenario, str(error).splitlines()[0]) from None
    if not same:
        raise _unfit(scenario, "it comes back as something else")
    return data


def work_from_json(scenario: Scenario, data: Json) -> Any:
    """The work back from what ``work_as_json`` gave.

    Raises:
        HarnessError: the scenario's work has changed its shape since.
    """
    try:
        return _adapter(scenario).validate_python(data, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise HarnessError(
            f"{scenario.name}'s work has another shape now: {where}: {first['msg']}",
            "Replay it with the scenario as it was, or find the failure anew with verify.",
        ) from None


def _adapter(scenario: Scenario) -> TypeAdapter[Any]:
    hints = get_type_hints(scenario.story)
    parameters = [name for name in hints if name != "return"]
    return TypeAdapter(hints[parameters[1]] if len(parameters) > 1 else Any)


def _unfit(scenario: Scenario, why: str) -> HarnessError:
    return HarnessError(
        f"{scenario.name}'s work can't be written as JSON: {why}",
        "Give the story's second parameter a type of plain data.",
    )

"""Figures of a law: literal, or the stack's own parameter, read from the history's header.

A stage's schedules and windows are template parameters, scaled down on local targets. A law that
names the parameter holds for every target, and for a history that is judged again years later.
"""

import json
from typing import Annotated

from pydantic import Field

from harness.laws.errors import LawError
from harness.model import Frozen, History, Json


class FromParameter(Frozen):
    """A stack parameter, or a place within one, possibly scaled and shifted."""

    parameter: str
    path: tuple[str | int, ...] = ()
    """Into a parameter that holds JSON or a list separated by commas."""
    times: float = 1.0
    plus: float = 0.0


Number = Annotated[float | FromParameter, Field(union_mode="left_to_right")]
"""A figure: literal or of the stack."""

Numbers = Annotated[tuple[float, ...] | FromParameter, Field(union_mode="left_to_right")]
"""A row of figures, such as the waits of a schedule."""


def from_parameter(
    parameter: str, *path: str | int, times: float = 1.0, plus: float = 0.0
) -> FromParameter:
    """The stack parameter of this name, resolved when a history is judged.

    ``path`` leads into a value that is JSON or a list separated by commas:
    ``from_parameter("RateLimits", "standard", "limit")``, ``from_parameter("RetryWaits", 0)``.
    A number is multiplied by ``times``, then ``plus`` is added.
    """
    return FromParameter(parameter=parameter, path=path, times=times, plus=plus)


def number(value: float | FromParameter, history: History) -> float:
    """The figure itself. Raises LawError when the header doesn't have it."""
    if not isinstance(value, FromParameter):
        return value
    found = _resolve(value, history)
    if isinstance(found, list):
        raise LawError(_not(value, found, "one number"))
    return _scaled(value, found)


def numbers(value: tuple[float, ...] | FromParameter, history: History) -> tuple[float, ...]:
    """The row of figures itself. Raises LawError when the header doesn't have it."""
    if not isinstance(value, FromParameter):
        return value
    found = _resolve(value, history)
    return tuple(_scaled(value, f) for f in (found if isinstance(found, list) else [found]))


def value(parameter: FromParameter, history: History) -> Json:
    """What stands there, parsed: JSON, or a list of what commas separate."""
    return _resolve(parameter, history)


def _resolve(value: FromParameter, history: History) -> Json:
    text = history.header.parameters.get(value.parameter)
    if text is None:
        raise LawError(
            f"the history's header names no parameter {value.parameter}",
            "Name a parameter of the template, say it in [targets.NAME.parameters] where there is "
            "none, or give the figure itself.",
        )
    found = _parse(text)
    for step in value.path:
        if isinstance(step, int) and not isinstance(found, list | dict):
            found = [found]  # a list of one, which no comma tells from a value
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            raise LawError(_not(value, text, f"a value that has {step!r}")) from None
    return found


def _parse(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return [part.strip() for part in text.split(",") if part.strip()]


def _scaled(value: FromParameter, found: Json) -> float:
    try:
        return float(found) * value.times + value.plus
    except (TypeError, ValueError):
        raise LawError(_not(value, found, "a number")) from None


def _not(value: FromParameter, found: Json, wanted: str) -> str:
    return f"the stack's parameter {value.parameter} is {found!r}, not {wanted}"

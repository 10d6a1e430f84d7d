"""JSON as the standard has it: Python's own reads and writes NaN and infinities."""

import json
import math
from typing import NoReturn

from harness.model import Json


def loads(text: str | bytes) -> Json:
    """What the text says.

    Raises:
        ValueError: it is no JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Json) -> str:
    """Compact, ASCII alone, so that even half a surrogate pair can be sent.

    Raises:
        ValueError: a number that JSON doesn't have.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number

"""What the engine says while it runs. An event is always a message of the application."""

from typing import Literal

from harness.model.frozen import Frozen, Json


class Signal(Frozen):
    """One thing worth showing to whoever watches."""

    what: Literal[
        "phase started",
        "phase ended",
        "units collected",
        "unit started",
        "case ended",
        "unit ended",
        "note",
    ]
    at: float
    worker: str = ""
    name: str = ""
    value: Json = None

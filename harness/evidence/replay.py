"""A failing case as a small file: what is needed to play just that, anywhere and later."""

from pathlib import Path

from pydantic import Field, ValidationError

from harness.evidence.folder import EvidenceError
from harness.model import Frozen, Json, Plan

FORMAT = 1


class Broke(Frozen):
    """What it broke when it was found."""

    law: str
    title: str


class Replay(Frozen):
    """One case of a scenario, without what drew it."""

    format: int = FORMAT
    application: str
    unit: str
    """The scenario's id: ``scenarios/happy_path.py::happy_path``."""
    note: str = ""
    """For people: what was wrong, where somebody keeps it."""
    work: Json = None
    """As the type of the story's second parameter has it in JSON."""
    plan: Plan = Plan()
    broke: tuple[Broke, ...] = ()
    laws: tuple[dict[str, Json], ...] = ()
    """Those that judged it, with their parameters."""
    target: str = ""
    searched: bool = False
    """Whether a search found it: it is played with what a target gives a search's stages."""
    seed: int = 0
    digests: dict[str, str] = Field(default_factory=dict)
    """Of the application and its contracts, as they were."""


def read_replay(path: Path) -> Replay:
    """Read a replay file.

    Raises:
        EvidenceError: it is none: which line or key, and why.
    """
    try:
        replay = Replay.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvidenceError(f"cannot read {path}: {error.strerror}", _WHERE) from None
    except (ValidationError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path} is no replay: {_why(error)}", _WHERE) from None
    if replay.format != FORMAT:
        raise EvidenceError(
            f"{path} has format {replay.format}, this version reads {FORMAT}",
            "Replay it with the version of stageproof that wrote it.",
        )
    return replay


_WHERE = "Give a file of replays/ in an evidence folder: each failing case leaves one."


def _why(error: ValidationError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not text"
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])

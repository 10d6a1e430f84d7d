"""Laws as data: into a header, out of it again, and all of them judged."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from harness.laws.announced import Announced
from harness.laws.base import BaseLaw
from harness.laws.breaker import Breaker
from harness.laws.dead_letters import DeadLetters
from harness.laws.effects import AtMostOnce, NeverFinalWithout, OneChargeApplied
from harness.laws.errors import LawError
from harness.laws.faults_fired import FaultsFired
from harness.laws.heard import Heard
from harness.laws.idempotent import Idempotent
from harness.laws.messages import MessagesKept
from harness.laws.no_secret import NoSecret
from harness.laws.patience import GivesUp
from harness.laws.quiet import Quiet
from harness.laws.refusals import RefusedDoesNothing
from harness.laws.retries import Retries
from harness.laws.settling import AnswersWithin, NothingLost, Settles
from harness.laws.totals import Totals
from harness.laws.tracing import OwnersOnly, RefusedWritesNothing, WritesTrace
from harness.laws.transitions import LegalTransitions
from harness.laws.window_limit import WindowLimit
from harness.model import History, Json, Judgement, Law, UnknownKind, Verdict

AnyLaw: TypeAlias = Annotated[
    Announced
    | AnswersWithin
    | AtMostOnce
    | Breaker
    | DeadLetters
    | FaultsFired
    | GivesUp
    | Heard
    | Idempotent
    | LegalTransitions
    | MessagesKept
    | NeverFinalWithout
    | NoSecret
    | NothingLost
    | OneChargeApplied
    | OwnersOnly
    | RefusedDoesNothing
    | RefusedWritesNothing
    | Quiet
    | Retries
    | Settles
    | Totals
    | WindowLimit
    | WritesTrace,
    Field(discriminator="kind"),
]
"""Every law supplied, told apart by its ``kind``."""

_LAWS: TypeAdapter[AnyLaw] = TypeAdapter(AnyLaw)
UNIT = "unit"
"""Key of a dumped law that judges only the cases of one unit."""


def dump(law: Law, *, unit: str = "") -> dict[str, Json]:
    """The law with its parameters, as JSON.

    ``unit`` says that it judges only this unit's cases, one by one. An application's own law
    that is no ``BaseLaw`` is known by its name alone, and can't be rebuilt.
    """
    data = law.model_dump(mode="json") if isinstance(law, BaseLaw) else {"name": law.name}
    return {**data, UNIT: unit} if unit else data


def load(data: dict[str, Json]) -> Law:
    """The law back from what ``dump`` gave.

    Raises:
        LawError: it is no law of this version, or was an application's own.
    """
    try:
        return _LAWS.validate_python({k: v for k, v in data.items() if k != UNIT})
    except ValidationError as error:
        first = error.errors()[0]
        raise LawError(
            f"the law {data.get('name', '?')!r} can't be rebuilt: {first['msg']}",
            "Judge it with the version that wrote it, or with the application's own scenarios.",
        ) from None


def judge_all(history: History, laws: Iterable[Law]) -> tuple[Judgement, ...]:
    """Every law's word on a history; what a law raises becomes its ``unknown``."""
    return tuple(judge(history, law) for law in laws)


def judge(history: History, law: Law) -> Judgement:
    """One law's word on a history; what it raises becomes ``unknown``."""
    try:
        return law.judge(history)
    except Exception as error:
        text = str(error) if isinstance(error, LawError) else f"{type(error).__name__}: {error}"
        return crashed(law.name, text)


def crashed(name: str, why: str) -> Judgement:
    """The judgement of a law that could not be asked."""
    return Judgement(law=name, verdict=Verdict.UNKNOWN, unknown=UnknownKind.LAW_ERROR, why=why)

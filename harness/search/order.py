"""In which order candidates are explored: what finds most comes first, so that a search that ends
early has tried the worst everywhere.

What leaves an invocation half done finds more than what an SDK's further attempts mend. Who dies
right after a record was written leaves work half done; who can't send a message forgets it; who
can't read has mostly done nothing yet. Third parties fail more often than AWS does, and calls to
them are few.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from enum import StrEnum
from hashlib import sha256

from harness.model import Fault
from harness.model.operations import reads
from harness.search.exploration import Candidate

_GRAVE = frozenset({"kill", "error", "lose"})
"""Ends an invocation in the middle, or leaves its caller without an answer."""
_SENDS = ("Send", "Put", "Publish", "publish", "Start", "Invoke")
_STORES = frozenset({"dynamodb", "s3"})
"""Services in which what is put is kept, not sent."""
_READS_WAIT = 2
"""Rounds before the first in which reads fail."""


class Harm(StrEnum):
    """What a fault leaves behind."""

    FAILED = "failed"
    """It isn't done, and who asked is told so, or hears nothing."""
    UNHEARD = "unheard"
    """It is done, and who asked isn't told."""
    DIED_BEFORE = "died before"
    DIED_AFTER = "died after"
    TWICE = "twice"
    """It may be done again, by the same caller."""


_THIRD_PARTY = (Harm.UNHEARD, Harm.FAILED, Harm.DIED_AFTER, Harm.DIED_BEFORE, Harm.TWICE)
_MESSAGE = (Harm.FAILED, Harm.DIED_AFTER, Harm.UNHEARD, Harm.DIED_BEFORE, Harm.TWICE)
_RECORD = (Harm.DIED_AFTER, Harm.FAILED, Harm.UNHEARD, Harm.DIED_BEFORE, Harm.TWICE)


def ordered(
    made: Iterable[Candidate], third_parties: Collection[str], seed: int
) -> list[Candidate]:
    """Round by round; in each, every call fails in one way more, and calls of a kind (by the same
    function to the same resource) in different ways.

    What is mild comes after what is grave, and what is alike last. Within a round third parties'
    calls come first, then each kind of call once before any again, in an order drawn from the seed.

    Args:
        third_parties: their services.
    """
    of_call: dict[Hashable, list[Candidate]] = defaultdict(list)
    for candidate in sorted(made, key=lambda c: _drawn(seed, c.id)):
        of_call[_group(candidate), _call(_last(candidate))].append(candidate)
    calls: Counter[Hashable] = Counter()
    ranked = []
    for same in of_call.values():
        group, at = _group(same[0]), _last(same[0]).at
        third = at.service in third_parties
        kind = group, at.model_dump_json()
        nth = calls[kind]
        calls[kind] += 1
        begins = 0 if third or not reads(at.operation) else _READS_WAIT
        for round_, candidate in enumerate(_worst_first(same, third, nth), begins):
            ranked.append(((group, round_, not third, nth), candidate))
    return [candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])]


def _worst_first(same: Sequence[Candidate], third: bool, nth: int) -> list[Candidate]:
    """One call's candidates: each kind of harm once before any again. The nth call of its kind
    begins with the nth kind of harm."""
    worst: tuple[Harm, ...] = (
        _THIRD_PARTY if third else _MESSAGE if _sends(_last(same[0])) else _RECORD
    )
    worst = (*worst[nth % len(worst) :], *worst[: nth % len(worst)])
    seen: Counter[Harm] = Counter()
    ranked = []
    for candidate in same:
        harm = harm_of(_last(candidate))
        ranked.append(((seen[harm], worst.index(harm)), candidate))
        seen[harm] += 1
    return [candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])]


def harm_of(fault: Fault) -> Harm:
    """What a fault leaves behind."""
    if fault.do.do == "kill":
        return Harm.DIED_BEFORE if fault.place == "before" else Harm.DIED_AFTER
    if fault.attempts != "every":
        return Harm.TWICE
    return Harm.FAILED if fault.place == "before" else Harm.UNHEARD


def _group(candidate: Candidate) -> tuple[bool, bool]:
    return candidate.alike, is_mild(_last(candidate))


def is_mild(fault: Fault) -> bool:
    """Whether an SDK's further attempts, or patience, mend what the fault does."""
    return fault.do.do not in _GRAVE and fault.attempts != "every"


def _sends(fault: Fault) -> bool:
    return fault.at.service not in _STORES and fault.at.operation.startswith(_SENDS)


def _last(candidate: Candidate) -> Fault:
    """The fault that was added."""
    return candidate.plan.faults[-1]


def _call(fault: Fault) -> Hashable:
    return fault.at.model_dump_json(), fault.nth, fault.per_key


def _drawn(seed: int, name: str) -> bytes:
    return sha256(f"{seed}\0{name}".encode()).digest()

"""What went wrong, gathered while a unit runs and told once each at its end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.engine.contract.context import ContractContext
from harness.engine.contract.units import ContractUnit
from harness.model import Capability, Exchange, Finding, Unknown, UnknownKind, fingerprint


@dataclass(frozen=True)
class Seen:
    """One exchange, as findings show it and logs are looked up by."""

    exchange: Exchange
    call: int
    start: float
    end: float
    tokens: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True)
class Breach:
    """One law broken by one exchange; equal ``subject`` of one operation is the same breach."""

    law: str
    operation: str
    subject: str
    title: str
    detail: str = ""
    seen: Seen | None = None
    times: int = 1
    story: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Equal for breaches that are the same finding, in every unit."""
        return fingerprint(self.law, self.operation, self.subject)


class Breaches:
    """The breaches and doubts of one unit, deduplicated as they come."""

    def __init__(self) -> None:
        self._breaches: dict[str, Breach] = {}
        self._unknowns: dict[tuple[str, str], Unknown] = {}

    def __bool__(self) -> bool:
        return bool(self._breaches)

    def add(self, breach: Breach) -> None:
        """Take one in; of the same kind the one with the shortest request is shown."""
        known = self._breaches.get(breach.fingerprint)
        if known is None:
            self._breaches[breach.fingerprint] = breach
            return
        shown = breach if _length(breach) < _length(known) else known
        self._breaches[breach.fingerprint] = replace(shown, times=known.times + 1)

    def doubt(
        self, kind: UnknownKind, what: str, why: str, unit: str, *,
        capabilities: tuple[Capability, ...] = (), answer: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Something could not be told; said once for each ``what`` and ``why``.

        ``capabilities`` are those that the target lacks for it, ``answer`` the operation and status
        that it is about.
        """
        told = Unknown(
            kind=kind, what=what, why=why, unit=unit, capabilities=capabilities, answer=answer
        )
        self._unknowns.setdefault((what, why), told)

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What could not be told."""
        return tuple(self._unknowns.values())

    def findings(self, context: ContractContext, unit: ContractUnit) -> Iterator[Finding]:
        """The findings, each with the log lines behind it and how to see it again."""
        for breach in self._breaches.values():
            if self._follows(breach):
                continue
            seen = breach.seen
            yield Finding(
                law=breach.law,
                title=breach.title,
                detail=breach.detail,
                unit=unit.id,
                operation=breach.operation,
                keys=(seen.key,) if seen and seen.key else (),
                cases=(unit.id,),
                calls=(seen.call,) if seen else (),
                exchange=seen.exchange if seen else None,
                logs=context.logs(seen.start, seen.end, seen.tokens) if seen else (),
                story=breach.story,
                reproduce=f'stageproof verify -k "{unit.select}" --seed {context.seed}',
                fingerprint=breach.fingerprint,
                seen=breach.times,
            )

    def _follows(self, breach: Breach) -> bool:
        """Whether another breach of the same answer says it better."""
        status = breach.subject.partition(" ")[0]
        causes = ["not_a_server_error"] if status.startswith("5") else []
        if breach.law == "problem details":
            causes.append("content_type_conformance")
        return breach.law not in causes and any(
            other.law in causes
            and other.operation == breach.operation
            and other.subject.partition(" ")[0] == status
            for other in self._breaches.values()
        )


def _length(breach: Breach) -> int:
    return len(breach.seen.exchange.request) if breach.seen else 0

"""A repeated request changes nothing more, and is answered as the first was."""

from typing import Literal, TypeAlias

from harness.laws.base import BaseLaw, Tally
from harness.laws.reading import answer, caller, dig, status
from harness.model import Call, History, Json, Judgement

_Made: TypeAlias = dict[tuple[str | None, str | None], Call]


class Idempotent(BaseLaw):
    """Accepted requests of one caller with the same idempotency key have the same answer.

    ``header`` is the request header that carries the key; where it is no header, ``path`` says
    where it is. ``same`` are paths in the answer that must agree beside its status and its entity.
    A repeat may be refused (another body). An answer that says itself that it repeats another
    (``replayed``) must have one to repeat, which began before it ended.
    """

    kind: Literal["idempotent"] = "idempotent"
    operation: str
    header: str
    path: str = ""
    same: tuple[str, ...] = ()
    replayed: str = "headers.idempotent-replayed"
    """Path of what an answer says of itself."""

    def judge(self, history: History) -> Judgement:
        """Compare each accepted repeat with the first, and what calls itself one with what made
        it."""
        tally = Tally(self.name)
        first: dict[tuple[str | None, str], Call] = {}
        made, unsure = self._made(history)
        for call in history.calls_of(self.operation):
            if call.outcome != "ok":
                continue
            token = dig(call.start.value, self.path or f"headers.{self.header}")
            if isinstance(token, str):
                self._compare(tally, first.setdefault((caller(call), token), call), call)
            if self._is_repeat(call):
                known = made.get((caller(call), call.key))
                if known is not None and _may_repeat(call, known):
                    self._compare(tally, known, call)
                elif not any(_may_repeat(call, c) for c in unsure.get(caller(call), ())):
                    self._repeats_nothing(tally, call)
        return tally.judgement(f"no accepted {self.operation} was repeated with its {self.header}")

    def _made(self, history: History) -> tuple[_Made, dict[str | None, list[Call]]]:
        """By caller and entity the first answer that repeats no other; by caller the requests that
        may have been done."""
        made: _Made = {}
        unsure: dict[str | None, list[Call]] = {}
        for call in history.calls_of(self.operation):
            if call.outcome == "info":
                unsure.setdefault(caller(call), []).append(call)
            elif call.outcome == "ok" and not self._is_repeat(call):
                made.setdefault((caller(call), call.key), call)
        return made, unsure

    def _is_repeat(self, call: Call) -> bool:
        return str(answer(call, self.replayed)).lower() == "true"

    def _compare(self, tally: Tally, known: Call, call: Call) -> None:
        if known is call:
            return
        tally.saw += 1
        was, now = self._answer(known), self._answer(call)
        if was != now:
            what = next(name for name in was if was[name] != now[name])
            tally.breach(
                f"another {what}",
                f"a repeat of {self.operation} with the same {self.header} was answered with "
                f"{what} {now[what]!r}; the first with {was[what]!r}",
                [known, call], key=known.key, operation=self.operation,
            )  # fmt: skip

    def _repeats_nothing(self, tally: Tally, call: Call) -> None:
        tally.saw += 1
        tally.breach(
            "repeat of nothing",
            f"{self.operation} answered {caller(call)} that {call.key} repeats an earlier answer, "
            "but there was none",
            [call], key=call.key, operation=self.operation,
        )  # fmt: skip

    def _answer(self, call: Call) -> dict[str, Json]:
        fields = {path: answer(call, path) for path in self.same}
        return {"entity": call.key, "status": status(call), **fields}


def _may_repeat(call: Call, other: Call) -> bool:
    """Whether the other began early enough: of two at once either may be the first."""
    return call.end is not None and other.start.at < call.end.at


def idempotent(
    operation: str,
    header: str = "Idempotency-Key",
    *,
    path: str = "",
    replayed: str = "headers.idempotent-replayed",
    same: tuple[str, ...] = (),
    name: str = "",
) -> Idempotent:
    """The same key in ``header``, or at the ``path`` of a request, gives the same answer of
    ``operation``."""
    return Idempotent(
        name=name or f"repeats of {operation} change nothing",
        operation=operation, header=header, path=path, replayed=replayed, same=same,
    )  # fmt: skip

"""Refused requests, down to the calls that the functions behind them made."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.reading import answer, dig, status
from harness.model import Call, History, Judgement
from harness.model.operations import reads

_LAST = re.compile(r"[^:/]+$")
"""An invocation's id stands alone, or at the end of a longer name (a URN, a path)."""


class RefusedDoesNothing(BaseLaw):
    """A refused request has no effect, not even one that nobody would see.

    An answer that names its invocation (``named``: paths in it) is joined with the AWS calls that
    this invocation made: none of them writes or sends anything. ``spared`` are resources that a
    refusal may be noted in, such as an audit log or a counter of requests. A write that AWS
    refused, too, was none.
    """

    kind: Literal["refused_does_nothing"] = "refused_does_nothing"
    operations: tuple[str, ...]
    named: tuple[str, ...]
    spared: tuple[str, ...] = ()

    def judge(self, history: History) -> Judgement:
        """Follow each refusal to its invocation's calls."""
        tally = Tally(self.name)
        refused = self._refused(history)
        if refused:
            self._follow(tally, refused, history)
        return tally.judgement(
            f"no refusal of {', '.join(self.operations)} could be followed to its invocation"
        )

    def _refused(self, history: History) -> dict[str, Call]:
        calls = (c for o in self.operations for c in history.calls_of(o) if c.outcome == "fail")
        return {name: call for call in calls for name in self._names(call)}

    def _names(self, call: Call) -> Iterable[str]:
        for path in self.named:
            found = answer(call, path)
            last = _LAST.search(found) if isinstance(found, str) else None
            if last is not None:
                yield last[0]

    def _follow(self, tally: Tally, refused: Mapping[str, Call], history: History) -> None:
        followed: set[int] = set()
        for made in history.calls:
            if made.start.feed != "wire":
                continue
            request = refused.get(str(dig(made.start.value, "invocation")))
            if request is None:
                continue
            followed.add(request.start.call)
            resource = dig(made.start.value, "resource")
            if reads(made.name) or made.outcome == "fail" or resource in self.spared:
                continue
            tally.breach(
                f"{request.name} {made.name} {resource}",
                f"{request.name} was refused ({status(request)}), and yet its function called "
                f"{made.name} of {resource or 'something'}",
                [request, made], key=request.key, operation=request.name,
            )  # fmt: skip
        tally.saw += len(followed)


def refused_does_nothing(
    operations: tuple[str, ...] | str,
    *,
    named: tuple[str, ...] | str,
    spared: tuple[str, ...] = (),
    name: str = "",
) -> RefusedDoesNothing:
    """A refused request of ``operations``, whose answer says at ``named`` which invocation it is
    of, calls nothing that writes or sends but to what is ``spared``."""
    return RefusedDoesNothing(
        name=name or "a refused request does nothing",
        operations=(operations,) if isinstance(operations, str) else operations,
        named=(named,) if isinstance(named, str) else named,
        spared=spared,
    )

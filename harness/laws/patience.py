"""How long whoever calls waits for an answer that doesn't come."""

from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.reading import dig, status
from harness.model import Call, History, Judgement

_HOSTS = ("wire", "double")


class GivesUp(BaseLaw):
    """A call that isn't answered is given up within ``within`` seconds.

    Judged are calls of AWS and of third parties that were left without any answer: how long they
    lasted is how long their caller waited. ``slack`` is what a busy machine may add. Calls that a
    third party itself makes are ``spared``.
    """

    kind: Literal["gives_up"] = "gives_up"
    within: Number
    spared: tuple[str, ...] = ()
    slack: float = 1.0

    def judge(self, history: History) -> Judgement:
        """Compare how long each unanswered call lasted."""
        tally = Tally(self.name)
        most = number(self.within, history)
        for call in history.calls:
            if not self._unanswered(call):
                continue
            tally.saw += 1
            waited = call.seconds or 0.0
            if waited > most + self.slack:
                who = dig(call.start.value, "function") or "somebody"
                tally.breach(
                    f"{call.name} {who}",
                    f"{who} waited {waited:.1f} s for an answer of {call.name}, and was to give up "
                    f"after {most:g} s",
                    [call], key=call.key, operation=call.name,
                )  # fmt: skip
        return tally.judgement("no call was left without an answer")

    def _unanswered(self, call: Call) -> bool:
        return (
            call.start.feed in _HOSTS
            and call.name not in self.spared
            and call.end is not None
            and call.end.kind == "info"
            and status(call) is None
        )


def gives_up(
    within: float | FromParameter, *, spared: tuple[str, ...] = (), name: str = ""
) -> GivesUp:
    """Whoever calls AWS or a third party waits at most ``within`` seconds for an answer."""
    return GivesUp(
        name=name or "a call that isn't answered is given up", within=within, spared=spared
    )

"""Whoever listens is told of each change of state, in time."""

from typing import Literal

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.entities import Change, changes
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.reading import dig, whole, word
from harness.model import History, Judgement, Record


class Announced(BaseLaw):
    """Each change of state has its message, with the same version and state, within ``within`` s.

    Messages may come more than once and out of order; none tells what didn't happen.
    """

    kind: Literal["announced"] = "announced"
    entity: str
    message: str
    within: Number

    def judge(self, history: History) -> Judgement:
        """Match changes and messages by key and version."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        within = number(self.within, history)
        told: dict[tuple[str, int], Record] = {}
        for record in history.by_name.get(self.message, ()):
            version = whole(dig(record.value, "version"))
            if record.key is not None and version is not None:
                told.setdefault((record.key, version), record)
        seen: dict[str, dict[int, Change]] = {}
        for key, change in changes(history, self.entity):
            if change.version is None or change.removed:
                continue
            seen.setdefault(key, {})[change.version] = change
            if change.created or change.moved:
                tally.saw += 1
                message = told.get((key, change.version))
                if message is None or message.at - change.record.at > within:
                    self._missed(tally, key, change, message, within, horizon)
        for (key, version), record in told.items():
            happened = seen.get(key, {}).get(version)
            if happened is not None and dig(record.value, "to") != happened.after:
                tally.breach(
                    "untrue",
                    f"{word(self.entity)} {key}, version {version}: {self.message} says "
                    f"{dig(record.value, 'to')}, it was {happened.after}",
                    [happened.record, record], key=key,
                )  # fmt: skip
        return tally.judgement(f"no change of {self.entity} was observed")

    def _missed(  # one change and its message, if any
        self, tally: Tally, key: str, change: Change, message: Record | None, within: float,
        horizon: Horizon,
    ) -> None:  # fmt: skip
        what = f"{word(self.entity)} {key}: {change.before} → {change.after}"
        since = change.record.at
        if message is None and not horizon.past(since, within):
            tally.leave(key)
        elif message is None:
            tally.breach(
                "never told", f"{what} (version {change.version}) was never told by {self.message}",
                [change.record], key=key,
            )  # fmt: skip
        else:
            tally.breach(
                "told late",
                f"{what} was told {message.at - since:.1f} s later; promised were {within:g} s",
                [change.record, message], key=key,
            )  # fmt: skip


def announced(
    entity: str, message: str, within: float | FromParameter, *, name: str = ""
) -> Announced:
    """Each change of ``entity`` is told by a ``message`` (``bus.order.status``) in time."""
    return Announced(
        name=name or f"every change of {word(entity)} is told",
        entity=entity,
        message=message,
        within=within,
    )

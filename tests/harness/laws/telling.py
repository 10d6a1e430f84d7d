"""Builds histories for the tests of laws, in few words."""

from typing import Any

from harness.model import Feed, Finding, Header, History, Judgement, Kind, Record, Verdict

EPOCH = 1_795_132_800
"""2026-11-20T00:00:00Z in Unix seconds: when these histories start."""


class Telling:
    """Records may be told in any order; the history has them in the order of time."""

    def __init__(self, **parameters: str) -> None:
        self._header = Header(parameters=parameters, started="2026-11-20T00:00:00+00:00")
        self._records: list[Record] = []
        self._calls = 0
        self._versions: dict[str, int] = {}

    def call(
        self,
        name: str,
        at: float,
        kind: Kind | None = "ok",
        *,
        took: float = 0.01,
        key: str | None = None,
        feed: Feed = "client",
        asked: dict[str, Any] | None = None,
        case: str = "c#1",
        fault: str | None = None,
        **answered: Any,
    ) -> "Telling":
        """A call; ``kind`` None leaves it open. ``answered`` is the completion's value."""
        self._calls += 1
        n = self._calls
        about: dict[str, Any] = {"call": n, "feed": feed, "name": name, "cases": (case,)}
        # Who is called knows the entity from the request, a client often from the answer alone.
        first = key if feed == "double" or kind != "ok" else None
        self._records.append(Record(kind="invoke", at=at, key=first, held=asked or {}, **about))
        if kind is not None:
            self._records.append(
                Record(kind=kind, at=at + took, key=key, held=answered, fault=fault, **about)
            )
        return self

    def saw(
        self, name: str, at: float, key: str | None = None, feed: Feed = "observe", **value: Any
    ) -> "Telling":
        """An observation."""
        self._calls += 1
        self._records.append(
            Record(
                call=self._calls,
                kind="ok",
                at=at,
                feed=feed,
                name=name,
                key=key,
                held=value,
                cases=("c#1",),
            )
        )
        return self

    def step(
        self, key: str, at: float, before: str | None, after: str | None, **value: Any
    ) -> "Telling":
        """An order changes; its version grows by one unless another is given."""
        event = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        version = self._versions[key] = value.pop("version", self._versions.get(key, 0) + 1)
        told = {"event": event, "from": before, "to": after, "version": version, **value}
        return self.saw("order.status", at, key, **told)

    def turned(self, at: float, before: str, after: str) -> "Telling":
        """The application's own record of its breaker changes."""
        value: dict[str, Any] = {"from": before, "to": after}
        return self.saw("breaker.state", at, "pay", **value)

    def life(self, key: str, *states: str, at: float = 0.0, apart: float = 1.0) -> "Telling":
        """An order goes through these states."""
        for n, state in enumerate(states):
            self.step(key, at + n * apart, states[n - 1] if n else None, state)
        return self

    def settled(self, at: float, quiet: bool = True) -> "Telling":
        """The engine's mark."""
        return self.saw("case.settled", at, quiet=quiet)

    @property
    def history(self) -> History:
        """What was told, in the order of time."""
        return History(self._header, sorted(self._records, key=lambda r: r.at))


def the_finding(judgement: Judgement) -> Finding:
    """The only finding of a law that failed."""
    assert judgement.verdict is Verdict.FAIL, judgement
    assert len(judgement.findings) == 1, [f.title for f in judgement.findings]
    found = judgement.findings[0]
    assert found.law == judgement.law
    assert found.fingerprint
    assert "\n" not in found.title
    return found


def titles(judgement: Judgement) -> str:
    """All titles, for a look with ``in``."""
    return "\n".join(f.title for f in judgement.findings)

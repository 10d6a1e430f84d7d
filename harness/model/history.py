"""All lines of a run, in order, with the views that laws take."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TypeVar, cast

from pydantic import Field

from harness.model.frozen import Frozen, Json
from harness.model.record import Feed, Record

FORMAT = 1
T = TypeVar("T")


class Header(Frozen):
    """The first line of a history: what is needed to judge it again without the application."""

    format: int = FORMAT
    run: str = ""
    application: str = ""
    target: str = ""
    seed: int = 0
    started: str = ""
    """ISO 8601, UTC."""
    laws: tuple[dict[str, Json], ...] = ()
    """Each law with its parameters, as ``harness.laws.dump`` gives it."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """The stack's parameters as they were deployed."""
    capabilities: tuple[str, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)
    digests: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An invoke and its completion; ``end`` is None while it is open (it may have happened)."""

    start: Record
    end: Record | None

    @property
    def name(self) -> str:
        """The operation."""
        return self.start.name

    @property
    def key(self) -> str | None:
        """The entity, which often only the answer tells."""
        return (self.end.key if self.end else None) or self.start.key

    @property
    def outcome(self) -> str:
        """``ok``, ``fail`` or ``info``; an open call is ``info``."""
        return self.end.kind if self.end else "info"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while open."""
        return self.end.at - self.start.at if self.end else None

    @property
    def fault(self) -> str | None:
        """The fault fired on it, if any."""
        return (self.end.fault if self.end else None) or self.start.fault


@dataclass(frozen=True)
class History:
    """An ordered run of records."""

    header: Header
    records: Sequence[Record]
    whole: "History | None" = field(default=None, repr=False, compare=False)
    """What this is the part of one case of; None when it is no such part."""

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def calls(self) -> Sequence[Call]:
        """Every call that has an invoke, in the order of the invokes."""
        return _pair(self.records)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Record]]:
        """The records of each name, in order: so that many laws read a long history once."""
        index: dict[str, list[Record]] = {}
        for r in self.records:
            index.setdefault(r.name, []).append(r)
        return index

    def select(
        self, *, feed: Feed | None = None, name: str | None = None, key: str | None = None
    ) -> Iterator[Record]:
        """Records that have all the given properties."""
        return (
            r
            for r in (self.records if name is None else self.by_name.get(name, ()))
            if (feed is None or r.feed == feed) and (key is None or r.key == key)
        )

    def calls_of(self, name: str) -> Iterator[Call]:
        """The calls of one operation, in the order of the invokes."""
        return iter(self.view(("calls", name), lambda: _pair(self.by_name.get(name, ()))))

    def view(self, name: Hashable, make: Callable[[], T]) -> T:
        """What was made of this history under this name; made once, so that laws share it."""
        if name not in self._views:
            self._views[name] = make()
        return cast(T, self._views[name])

    @cached_property
    def _views(self) -> dict[Hashable, object]:
        return {}

    def only(self, keep: Callable[[Record], bool]) -> "History":
        """The part that ``keep`` keeps."""
        return History(self.header, [r for r in self.records if keep(r)])

    def of_cases(self, cases: Iterable[str]) -> "History":
        """What belongs to these cases: by its own mark, by its key, or as a case-less context.

        A stage runs one case at a time, but what the stage does by itself is known by key alone,
        and may be seen after the case ended; the key tells whose it is.
        """
        wanted = set(cases)
        owners: dict[str, set[str]] = {}
        for r in self.records:
            if r.key is not None and r.cases:
                owners.setdefault(r.key, set()).update(r.cases)
        calls = {r.call for r in self.records if wanted.intersection(r.cases)}

        def belongs(r: Record) -> bool:
            if r.key is not None and r.key in owners:
                return bool(wanted & owners[r.key])
            return r.call in calls

        return History(self.header, [r for r in self.records if belongs(r)], whole=self)

    @property
    def around(self) -> "History":
        """All that happened from this part's first record to its last, of whatever case.

        For laws of what all cases share: another case's late work may have been in between.
        """
        if self.whole is None or not self.records:
            return self
        records, at = self.whole.records, attrgetter("at")
        first = bisect_left(records, self.records[0].at, key=at)
        last = bisect_right(records, self.records[-1].at, key=at)
        return History(self.header, records[first:last])


def _pair(records: Sequence[Record]) -> list[Call]:
    """A call's two records have one name, so that this works on the records of one name, too."""
    ends = {r.call: r for r in records if r.kind != "invoke"}
    return [Call(r, ends.get(r.call)) for r in records if r.kind == "invoke"]

"""What happened in a case, as numbered lines: what was asked, what followed, which fault, which
law."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from harness.laws.reading import dig
from harness.model import Finding, History, Record

_NOT_OURS = ("case.", "invoke ")
"""Marks of the harness, and schedules that it keeps: no part of the story."""

_SAYS = ("errors.0.errorType", "status", "body.status")
"""Where a call, or a message, says what it amounts to."""


def story(history: History, findings: Iterable[Finding] = ()) -> Iterator[str]:
    """The lines, each with its number; neighbours that differ only in whom they are about are one.

    What customers asked, each change of an entity, and the calls on which a fault fired; the laws
    that were broken come last.
    """
    names, calls = _Names(), {r.call for r in history.records if r.kind == "invoke"}
    told = [
        (names.of(record.key), what)
        for record in history.records
        if (what := _what(record, single=record.call not in calls))
    ]
    lines = [
        " ".join(filter(None, (_all(who for who, _ in group), what)))
        for what, group in groupby(told, key=lambda line: line[1])
    ]
    lines += [f"✘ {f.law}: {names.shortened(f.title)}" for f in findings]
    width = len(str(len(lines)))
    return (f"{number:>{width}}  {line}" for number, line in enumerate(lines, 1))


class _Names:
    """Ids are long; in a story an entity is called by the order in which it came."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, key: str | None) -> str:
        """Its short name; nothing for nobody."""
        if key is None:
            return ""
        return self._known.setdefault(key, f"#{len(self._known) + 1}")

    def shortened(self, text: str) -> str:
        """The text with short names."""
        for key, name in self._known.items():
            text = text.replace(key, name)
        return text


def _what(record: Record, *, single: bool) -> str:
    """What happened; nothing for what a reader can do without. ``single``: it is no call's."""
    if record.name.startswith(_NOT_OURS) or record.kind == "invoke":
        return ""
    if record.fault is not None:
        return f"⚡ {record.fault}: {record.name} {_answered(record)}"
    if record.feed == "client":
        return f"← {record.name} {_answered(record)}"
    if record.feed == "double" and single:
        return record.name
    return _seen(record) if record.feed == "observe" else ""


def _seen(record: Record) -> str:
    value = record.value
    if isinstance(value, dict) and value.get("to"):
        moved = value.get("from") != value["to"] and not record.name.startswith("bus.")
        return f"{value.get('from') or 'new'} → {value['to']}" if moved else ""
    return f"told {record.name}" if record.name.startswith("topic.") else ""


def _answered(record: Record) -> str:
    status = next((found for path in _SAYS if (found := dig(record.value, path))), None)
    if isinstance(status, str | int):
        return str(status)
    return "no answer" if record.kind == "info" else record.kind


def _all(names: Iterable[str]) -> str:
    """Each once, in order."""
    return ", ".join(sorted({n for n in names if n}, key=lambda n: int(n[1:])))

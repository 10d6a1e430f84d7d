"""A history judged again, by the laws that its header carries."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.laws.errors import LawError
from harness.laws.registry import UNIT, crashed, judge, load
from harness.laws.side_by_side import side_by_side
from harness.laws.sight import about, unseen_in
from harness.model import Finding, History, Json, Judgement, Record, UnknownKind, Verdict
from harness.recorder import read_history

_LONG = 200_000
"""Records from which on it pays to judge with every core."""


def check(path: Path) -> tuple[Judgement, ...]:
    """Read a history file, rebuild the laws of its header, and judge again.

    Laws that belong to a unit judge its cases one by one, as they did when it ran; the others
    judge the whole history. A law that can't be rebuilt is ``unknown``.

    Raises:
        HistoryError: the file is no history, or damaged.
    """
    history = read_history(path)
    return recheck(history, processes=os.cpu_count() or 1 if len(history) >= _LONG else 1)


def recheck(history: History, *, processes: int = 1) -> tuple[Judgement, ...]:
    """The same of a history that is at hand, by so many processes."""
    laws = history.header.laws
    cases = _by_case(history) if any(UNIT in each for each in laws) else {}
    return side_by_side(lambda n: _again(laws[n], history, cases), len(laws), processes)


def _again(data: dict[str, Json], history: History, cases: Mapping[str, History]) -> Judgement:
    try:
        law = load(data)
    except LawError as error:
        return crashed(str(data.get("name", "?")), str(error))
    if (lacked := about(law, unseen_in(history))) is not None:
        return Judgement(
            law=law.name,
            verdict=Verdict.UNKNOWN,
            unknown=UnknownKind.CAPABILITY,
            why=lacked.how,
            capabilities=(lacked.capability,),
        )
    unit = data.get(UNIT)
    if not unit:
        return judge(history, law)
    parts = [part for case, part in cases.items() if case.rpartition("#")[0] == unit]
    return _merged(law.name, [judge(part, law) for part in parts])


def _by_case(history: History) -> dict[str, History]:
    """Case → its part of the history (as ``History.of_cases`` gives it), all in one pass."""
    keys: dict[str, dict[str, None]] = {}
    calls: dict[int, dict[str, None]] = {}
    for record in history.records:
        for case in record.cases:
            calls.setdefault(record.call, {})[case] = None
            if record.key is not None:
                keys.setdefault(record.key, {})[case] = None
    parts: dict[str, list[Record]] = {}
    for record in history.records:
        owners = keys.get(record.key, {}) if record.key is not None else {}
        for case in owners or calls.get(record.call, {}):
            parts.setdefault(case, []).append(record)
    return {case: History(history.header, each, whole=history) for case, each in parts.items()}


def _merged(name: str, judgements: list[Judgement]) -> Judgement:
    """One word out of several: a case in which a law saw nothing doesn't undo the others."""
    if not judgements:
        return Judgement(law=name, verdict=Verdict.UNKNOWN, why="no case of its unit was recorded")
    failed = [j for j in judgements if j.verdict is Verdict.FAIL]
    passed = [j for j in judgements if j.verdict is Verdict.PASS]
    crashed = [j for j in judgements if j.unknown is UnknownKind.LAW_ERROR]
    told = (failed or crashed or passed or judgements)[0]
    return told.model_copy(
        update={
            "saw": sum(j.saw for j in judgements),
            "findings": _findings(f for j in judgements for f in j.findings),
            "undecided": tuple(dict.fromkeys(k for j in judgements for k in j.undecided)),
        }
    )


def _findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: dict[str, Finding] = {}
    for each in findings:
        known = kept.get(each.fingerprint)
        seen = each.seen + (known.seen if known else 0)
        kept[each.fingerprint] = (known or each).model_copy(update={"seen": seen})
    return tuple(kept.values())

"""Findings and unknowns as text for a terminal."""

from collections.abc import Iterable, Iterator
from textwrap import indent

from harness.model import Finding, UnitResult, Unknown


def told(result: UnitResult) -> str:
    """Every finding of a unit, and what it could not tell."""
    parts = [_finding(f) for f in result.findings]
    if result.unknowns:
        parts.append(told_unknowns(result.unknowns))
    return "\n\n".join(parts)


def told_unknowns(unknowns: Iterable[Unknown]) -> str:
    """One line for each."""
    return "\n".join(f"unknown ({u.kind.value}): {u.what}: {u.why}" for u in unknowns)


def _finding(finding: Finding) -> str:
    return "\n".join(_lines(finding))


def _lines(finding: Finding) -> Iterator[str]:
    yield finding.title
    times = f", seen {finding.seen} times" if finding.seen > 1 else ""
    yield f"  broke: {finding.law}{times}"
    if finding.detail:
        yield indent(finding.detail, "  ")
    if finding.story:
        yield "  what happened:"
        yield from (f"    {line}" for line in finding.story)
    if finding.exchange:
        yield "  request:"
        yield indent(finding.exchange.request, "    ")
        yield "  answer:"
        yield indent(finding.exchange.response, "    ")
    if finding.logs:
        yield "  logs behind it:"
        yield from (f"    {line}" for line in finding.logs)
    if finding.reproduce:
        yield f"  reproduce: {finding.reproduce}"

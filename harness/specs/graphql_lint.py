"""Reads a GraphQL contract: its form, then its shapes, less what it waives itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from graphql import parse

from harness.sdl.errors import line_of
from harness.specs.errors import ContractError, Problem
from harness.specs.graphql import GraphQl, read_sdl
from harness.specs.graphql_rules import RULES, Shape, shapes
from harness.specs.graphql_waivers import Waiver, all_waivers, waivers_of


def read_graphql(root: Path, path: str, *, strict: bool = False) -> GraphQl:
    """Read and check a schema; ``strict`` looks for dangerous shapes, too.

    Raises:
        ContractError: with every problem found.
    """
    api = read_sdl(root, path)
    if not strict:
        return api
    problems: list[Problem] = []
    waived: list[str] = []
    used: set[Waiver] = set()
    for shape in shapes(api):
        waiver = _waiver(shape)
        if waiver is None:
            problems.append(_problem(api, shape))
        elif waiver.reason:
            waived.append(f"{api.file}:{waiver.line}: {shape.what} — waived: {waiver.reason}")
            used.add(waiver)
    problems += _idle(api, used)
    if problems:
        raise ContractError(sorted(problems, key=lambda p: p.line))
    return replace(api, waived=tuple(waived))


def _waiver(shape: Shape) -> Waiver | None:
    found = waivers_of(shape.node) if shape.node is not None else ()
    return next((w for w in found if w.rule == shape.rule), None)


def _problem(api: GraphQl, shape: Shape) -> Problem:
    name = getattr(shape.node, "name", None)
    waive = f" (rule {shape.rule}; # lint: allow {shape.rule}: why, where it is meant)"
    return Problem(api.path, line_of(name) or 1, shape.what, shape.mend + waive)


def _idle(api: GraphQl, used: set[Waiver]) -> Iterator[Problem]:
    """Waivers that are themselves wrong: of no rule, without a reason, or for nothing."""
    document = parse(api.text)
    first = document.loc.start_token if document.loc else None
    for waiver in all_waivers(first) if first else ():
        if waiver.rule not in RULES:
            what, mend = f"waives {waiver.rule}, which is no rule", f"one of {', '.join(RULES)}"
        elif not waiver.reason:
            what, mend = f"waives {waiver.rule} without a reason", "add : and why"
        elif waiver not in used:
            what, mend = f"waives {waiver.rule}, which nothing here breaks", "strike the comment"
        else:
            continue
        yield Problem(api.path, waiver.line, what, mend)

"""Rules that a schema sets aside itself, in a comment where its readers see it.

``# lint: allow unbounded-list: the catalogue has sixty products`` above a definition, or at the
end of its line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import Node, Token, TokenKind

_WAIVER = re.compile(r"\s*lint:\s*allow\s+(?P<rule>[\w-]+)\s*(?::\s*(?P<reason>.*\S))?\s*$")


@dataclass(frozen=True)
class Waiver:
    """One rule set aside for one definition."""

    rule: str
    reason: str
    line: int


def waivers_of(node: Node) -> Iterator[Waiver]:
    """What the comments around a definition's beginning set aside."""
    for token in _comments(node):
        found = _WAIVER.match(token.value or "")
        if found:
            yield Waiver(found["rule"], found["reason"] or "", token.line)


def all_waivers(first: Token) -> Iterator[Waiver]:
    """Every waiver of a file, from its first token on."""
    token: Token | None = first
    while token is not None:
        found = _WAIVER.match(token.value or "") if token.kind is TokenKind.COMMENT else None
        if found:
            yield Waiver(found["rule"], found["reason"] or "", token.line)
        token = token.next


def _comments(node: Node) -> Iterator[Token]:
    """Comments just above a definition, between its description and its name, and beside it."""
    name = getattr(node, "name", None)
    if node.loc is None or name is None or name.loc is None:
        return
    above = node.loc.start_token.prev
    while above is not None and above.kind is TokenKind.COMMENT and not _beside(above):
        yield above
        above = above.prev
    token: Token | None = node.loc.start_token
    while token is not None and token.line <= name.loc.start_token.line:
        if token.kind is TokenKind.COMMENT:
            yield token
        token = token.next


def _beside(comment: Token) -> bool:
    """Whether it stands at the end of a line, and so belongs to what is before it."""
    before = comment.prev
    return before is not None and before.line == comment.line and before.kind is not TokenKind.SOF

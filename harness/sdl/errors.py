"""What keeps a schema from being used."""

from collections.abc import Iterable

from graphql import GraphQLError, Node

from harness.model import HarnessError


class SdlError(HarnessError):
    """The schema can't be what AppSync takes.

    ``line`` is where in its text, from 1; 0 where that isn't known. ``all`` has every mistake,
    this one too, with its line.
    """

    def __init__(
        self, what: str, mend: str, line: int = 0, also: Iterable[tuple[int, str]] = ()
    ) -> None:
        super().__init__(what, mend)
        self.line = line
        self.all = ((line, what), *also)


def line_of(node: Node | None) -> int:
    """The line of a definition; 0 for none."""
    return node.loc.start_token.line if node is not None and node.loc is not None else 0


def line_in(error: GraphQLError) -> int:
    """The line that an error of graphql-core is about."""
    if error.locations:
        return error.locations[0].line
    return next((line_of(node) for node in error.nodes or () if node.loc is not None), 0)

"""Which entity a request or an answer is about."""

from collections.abc import Mapping, Sequence

from harness.model import Json


def entity_key(names: Sequence[str], *places: Json) -> str | None:
    """The first of these fields that is text, looking at the places in order, outermost first.

    Lists are not looked into: what shows many entities is about none of them.
    """
    for place in places:
        level = [place]
        while level:
            maps = [x for x in level if isinstance(x, Mapping)]
            for name in names:
                for found in maps:
                    if isinstance(found.get(name), str):
                        return str(found[name])
            level = [x for found in maps for x in found.values()]
    return None

"""The event that AppSync sends to a function that resolves a field directly.

https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from harness.model import Json
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.selection import selection_set_graphql, selection_set_list

Context = dict[str, Any]


def context_of(
    source: Json,
    info: GraphQLResolveInfo[Any],
    arguments: Mapping[str, Json],
    *,
    caller: Caller,
    headers: Mapping[str, str],
    variables: Mapping[str, Json],
) -> Context:
    """What a field's function is told."""
    return {
        "arguments": dict(arguments),
        "identity": caller.identity,
        "source": source,
        "request": {"headers": dict(headers), "domainName": None},
        "prev": None,
        "info": {
            "selectionSetList": selection_set_list(info),
            "selectionSetGraphQL": selection_set_graphql(info),
            "fieldName": info.field_name,
            "parentTypeName": info.parent_type.name,
            "variables": dict(variables),
        },
        "stash": {},
    }


def part_of(context: Context, path: tuple[str, ...] | None) -> Json:
    """What a mapping picks out of the context; None where it isn't there."""
    if path is None:
        return None
    found: Json = context
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found

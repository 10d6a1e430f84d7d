"""Whether what ``[checks.graphql]`` names is there: in the schema, and in the REST contract."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import get_named_type, is_input_object_type

from harness.config import GraphQlRun
from harness.specs import Contracts, GraphQl

_IDENTITY = ("subject", "email", "tier")


def misnamed(settings: GraphQlRun, contracts: Contracts) -> Iterator[str]:
    """One line for each name that means nothing, with the one that was probably meant."""
    api = contracts.graphql
    if api is None:
        if settings != GraphQlRun():
            yield "checks.graphql: there is no [contracts] graphql that it could be about"
        return
    yield from _codes(settings, api)
    labels = [f.label for f in api.fields]
    yield from _unknown("owned", settings.owned, labels, f"no field of {api.file}")
    yield from _unknown("same_as", settings.same_as, labels, f"no field of {api.file}")
    operations = [o.id for o in contracts.openapi.operations]
    yield from _unknown("same_as", settings.same_as.values(), operations, "no REST operation")
    places = list(_places(api))
    yield from _unknown("values", settings.values, places, "no argument")
    yield from _unknown("examples", settings.examples, places, "no argument")
    for source in settings.values.values():
        yield from _source(source, api, labels)


def _codes(settings: GraphQlRun, api: GraphQl) -> Iterator[str]:
    enums = api.code_enums
    if settings.errors:
        try:
            api.values_of(settings.errors)
        except KeyError:
            known = [n for n, k in api.schema.type_map.items() if hasattr(k, "values")]
            yield from _unknown("errors", [settings.errors], known, f"no enum of {api.file}")
            return
        enums = (settings.errors,)
    codes = [v for enum in enums for v in api.values_of(enum)]
    named = {
        "invalid": settings.invalid, "defects": settings.defects, "limit": [settings.limit],
        "moving": settings.moving,
    }  # fmt: skip
    for key, given in named.items():
        yield from _unknown(key, filter(None, given), codes, "no code of an error")


def _source(source: str, api: GraphQl, labels: list[str]) -> Iterator[str]:
    if source in _IDENTITY:
        return
    kind, _, rest = source.partition(".")
    name, *way = rest.split(".")
    label = f"{kind}.{name}"
    if label not in labels:
        known = [*labels, *_IDENTITY]
        yield from _unknown("values", [label], known, f"no field of {api.file}")
        return
    at: Any = get_named_type(api.field(label).definition.type)
    for step in way:
        if step not in getattr(at, "fields", {}):
            known = list(getattr(at, "fields", {}))
            yield from _unknown(f"values: {source}", [step], known, f"no field of {at}")
            return
        at = get_named_type(at.fields[step].type)


def _places(api: GraphQl) -> Iterator[str]:
    """Arguments and fields of input objects, by their own names and by their whole ones."""
    for field in api.fields:
        for name, argument in field.definition.args.items():
            inner: Any = get_named_type(argument.type)
            inside = inner.fields if is_input_object_type(inner) else ()
            for each in (name, *inside):
                yield each
                yield f"{field.label}.{each}"


def _unknown(key: str, given: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    found = list(known)
    for name in given:
        if name not in found:
            near = difflib.get_close_matches(name, found, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            yield f"checks.graphql.{key}: {name!r} is {what}{meant}"

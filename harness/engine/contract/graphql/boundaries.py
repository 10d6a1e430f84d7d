"""Values and documents at the edge of what a field takes."""

from collections.abc import Iterator, Mapping

from graphql import get_named_type, is_input_object_type

from harness.engine.contract.graphql.document import Asked, call, head, write
from harness.engine.contract.graphql.edges import Edge, edges
from harness.engine.contract.graphql.examples import cannot_ask
from harness.engine.contract.graphql.limit import run_limit
from harness.engine.contract.graphql.repeats import run_repeats
from harness.engine.contract.graphql.resting import let_rest
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.graphql.values import MISSING, Place, place_of
from harness.model import Json

_WIDE = 300
"""Times that one scalar is asked for in one document."""
_FLOOD = 2
"""Aliases of the field in one document."""
_DEEP = 60
"""Levels of a document that is nested for nothing."""


def run_boundaries(trial: Trial) -> None:
    """Every value's edges, then the documents', then repeats and the limit."""
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        cannot_ask(trial)
        return
    let_rest(trial, arguments)
    for what, asked, edge in _value_edges(trial, arguments):
        _try(trial, what, asked, edge.expected)
    for what, asked in _misshapen(trial, arguments):
        trial.refused(what, asked)
    for what, asked in _unusual(trial, arguments):
        trial.accepted(what, asked)
    run_repeats(trial)
    run_limit(trial)


def _value_edges(trial: Trial, arguments: Mapping[str, Json]) -> Iterator[tuple[str, Asked, Edge]]:
    field = trial.field
    least = trial.selections.least(field.definition.type)
    for name in field.definition.args:
        place = place_of(field, name)
        good = trial.values.value(place, trial.identity)
        for where, edge in _edges_at(trial, place, good):
            base = trial.values.required(field, trial.identity) or arguments
            changed = {**base, name: _put(good, where, edge.value)}
            told = f"{edge.what} as {'.'.join((name, *where))}"
            yield told, write(field, changed, least), edge


def _edges_at(trial: Trial, place: Place, good: Json) -> Iterator[tuple[tuple[str, ...], Edge]]:
    """A place's own edges, and those of each field of its input object."""
    for edge in edges(place, good):
        yield (), edge
    kind = get_named_type(place.type)
    if is_input_object_type(kind) and good is not MISSING:
        for name, inside in kind.fields.items():
            below = Place(place.label, name, inside.type, inside.description)
            value = trial.values.value(below, trial.identity)
            for edge in edges(below, None if value is MISSING else value):
                yield (name,), edge


def _put(good: Json, where: tuple[str, ...], value: Json) -> Json:
    return {**good, where[0]: value} if where and isinstance(good, Mapping) else value


def _try(trial: Trial, what: str, asked: Asked, expected: str) -> None:
    {"refused": trial.refused, "accepted": trial.accepted, "lawful": trial.lawful}[expected](
        what, asked
    )


def _misshapen(trial: Trial, arguments: Mapping[str, Json]) -> Iterator[tuple[str, Asked]]:
    """Documents that the schema doesn't allow: none of them reaches a resolver."""
    field = trial.field
    kind, leaf = field.definition.type, trial.selections.leaf(field.definition.type)
    least = trial.selections.least(kind)
    asked = write(field, arguments, least)
    started, called = head(field, arguments), call(field, arguments)

    def body(text: str) -> Asked:
        return asked.with_text(f"{started} {{ {text} }}")

    yield (
        "an argument that isn't there",
        body(
            f"{called[:-1]}, noSuch: 1) {least}"
            if "(" in called
            else f"{called}(noSuch: 1) {least}"
        ),
    )
    yield "a directive that isn't there", body(f"{called} @noSuch {least}")
    yield "another field that isn't there", body(f"{called} {least} noSuchField")
    yield "a variable that isn't declared", body(f"{called} @include(if: $noSuch) {least}")
    if any(str(a.type).endswith("!") for a in field.definition.args.values()):
        yield "no arguments", asked.with_text(f"{field.operation} {{ {field.name} {least} }}")
    if least:
        yield "no selection", body(called)
        yield "a field below that isn't there", body(f"{called} {{ noSuchField }}")
        yield "a fragment on a type that isn't there", body(f"{called} {{ ... on NoSuch {{ a }} }}")
    else:
        yield "a selection below a scalar", body(f"{called} {{ noSuchField }}")
    if leaf:
        nested = "{ a " * _DEEP + "}" * _DEEP
        yield f"a scalar with {_DEEP} levels below", body(f"{called} {{ {leaf} {nested} }}")


def _unusual(trial: Trial, arguments: Mapping[str, Json]) -> Iterator[tuple[str, Asked]]:
    """Valid documents that few clients write."""
    field, kind = trial.field, trial.field.definition.type
    leaf, name = trial.selections.leaf(kind), get_named_type(kind).name
    asked = write(field, arguments, trial.selections.least(kind))
    started, called = head(field, arguments), call(field, arguments)
    if leaf:
        parts = (
            f"{trial.selections.key(kind)} __typename a: {leaf} ...Named "
            f"... on {name} {{ b: {leaf} }} ... {{ c: {leaf} }} "
            f"d: {leaf} @skip(if: true) e: {leaf} @include(if: true) f: {leaf} @include(if: false)"
        )
        yield (
            "aliases, fragments and directives",
            asked.with_text(
                f"{started} {{ {called} {{ {parts} }} }} fragment Named on {name} {{ g: {leaf} }}"
            ),
        )
        wide = " ".join([leaf] * _WIDE)
        yield f"one field {_WIDE} times", asked.with_text(f"{started} {{ {called} {{ {wide} }} }}")
    least = trial.selections.least(kind)
    flood = " ".join(f"a{n}: {called} {least}" for n in range(1, _FLOOD + 1))
    yield (
        f"{_FLOOD} aliases of itself",
        Asked(field, f"{started} {{ {flood} }}", dict(arguments), aliases=_FLOOD),
    )

"""Values for arguments: fresh keys, real ids from earlier answers, examples, simple samples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from harness.engine.contract.graphql.asker import Asker
from harness.engine.contract.graphql.document import write
from harness.engine.contract.graphql.selection import Selections
from harness.engine.contract.request import Fresh, candidates, valid_requests
from harness.model import Identity, Json
from harness.specs import OpenApi, RootField, key_argument
from harness.specs.promises import promised

MISSING = object()
_SCALARS: dict[str, Json] = {
    "AWSDate": "2026-01-02", "AWSTime": "12:30:00Z", "AWSDateTime": "2026-01-02T12:30:00Z",
    "AWSTimestamp": 1_767_225_600, "AWSEmail": "someone@example.com", "AWSJSON": "{}",
    "AWSPhone": "+1 555 0100", "AWSURL": "https://example.com", "AWSIPAddress": "192.0.2.1",
}  # fmt: skip
_IDENTITY = ("subject", "email", "tier")


@dataclass(frozen=True)
class Place:
    """Where a value goes: an argument, or a field of an input object."""

    label: str
    """The root field's."""
    name: str
    type: GraphQLInputType
    description: str | None

    @property
    def schema(self) -> dict[str, Json]:
        """What is promised of it, as JSON Schema."""
        return promised(self.type, self.description)

    def fits(self, value: Json) -> bool:
        """Whether a value keeps what is promised of it."""
        return bool(_validator(self.type, self.description).is_valid(value))

    def among(self, named: Mapping[str, Any]) -> Any:
        """What settings say of it: by its whole name, else by its own; else ``MISSING``."""
        for name in (f"{self.label}.{self.name}", self.name):
            if name in named:
                return named[name]
        return MISSING


@lru_cache(maxsize=256)
def _validator(type_: GraphQLInputType, description: str | None) -> Any:
    """Made once for a type: compiling a long pattern takes milliseconds."""
    return jsonschema_rs.Draft202012Validator(promised(type_, description))


class Values:
    """Finds them for one unit, asking for real ones as the customer who needs them."""

    def __init__(self, asker: Asker, fresh: Fresh) -> None:
        context = asker.exchanges.context
        self._asker = asker
        self._fresh = fresh
        self._api = asker.ground.api
        self._settings = context.graphql
        self._openapi = context.contracts.openapi
        self._selections = Selections(self._api, depth=context.graphql.depth)
        unit = asker.exchanges.unit
        reads = unit.operation.startswith("Query.") and unit.kind != "identities"
        self._found: dict[tuple[str, str], Json] = context.found if reads else {}
        self._asking: set[str] = set()

    def required(self, field: RootField, identity: Identity) -> dict[str, Json] | None:
        """Values for the arguments that have to be there; None if one can't be had."""
        return self._some(field, identity, [n for n, a in _args(field) if is_required_argument(a)])

    def optional(self, field: RootField, identity: Identity) -> dict[str, Json]:
        """Values for the others, as far as there are good ones."""
        found = {}
        for name, argument in _args(field):
            if not is_required_argument(argument):
                value = self.value(place_of(field, name), identity)
                if value is not MISSING and value is not None:
                    found[name] = value
        return found

    def value(self, place: Place, identity: Identity) -> Any:
        """A valid value, or ``MISSING``."""
        if place.name == key_argument(self._api.field(place.label)):
            fresh = self._fresh.text(place.name, place.fits)
            return MISSING if fresh is None else fresh
        real = self.real(place, identity)
        if real is not MISSING:
            return real
        example = place.among(self._settings.examples)
        if example is MISSING:
            example = self._of_rest(place)
        return self._sample(place, identity) if example is MISSING else example

    def real(self, place: Place, identity: Identity) -> Any:
        """What the settings say a real value is; ``MISSING`` where they don't, or there is none."""
        source = place.among(self._settings.values)
        if source is MISSING:
            return MISSING
        if source in _IDENTITY:
            return getattr(identity, source) or MISSING
        known = (source, identity.name)
        if known not in self._found:
            found = self._ask(source, identity)
            if found is MISSING:
                return MISSING
            self._found[known] = found
        return self._found[known]

    def sourced(self, place: Place) -> bool:
        """Whether its real values come from another field's answer."""
        source = place.among(self._settings.values)
        return source is not MISSING and source not in _IDENTITY

    def forget(self) -> None:
        """Ask again for what was found."""
        self._found = {}

    def _ask(self, source: str, identity: Identity) -> Any:
        kind, name, *way = source.split(".")
        label = f"{kind}.{name}"
        if label in self._asking:
            return MISSING  # to find it we would need it
        field = self._api.field(label)
        self._asking.add(label)
        try:
            arguments = self.required(field, identity)
        finally:
            self._asking.discard(label)
        if arguments is None:
            return MISSING
        reading = self._asker.ask(
            write(field, arguments, self._selections.whole(field.definition.type)), identity
        )
        return MISSING if reading is None else follow(reading.value, way)

    def _some(
        self, field: RootField, identity: Identity, names: list[str]
    ) -> dict[str, Json] | None:
        found = {}
        for name in names:
            value = self.value(place_of(field, name), identity)
            if value is MISSING:
                return None
            found[name] = value
        return found

    def _of_rest(self, place: Place) -> Any:
        """The value of this name in an example of the operation that must answer the same."""
        name = self._settings.same_as.get(place.label)
        if name is None:
            return MISSING
        for given in rest_examples(self._openapi, name):
            if place.name in given and place.fits(given[place.name]):
                return given[place.name]
        return MISSING

    def _sample(self, place: Place, identity: Identity) -> Any:
        inner: Any = place.type.of_type if is_non_null_type(place.type) else place.type
        if is_list_type(inner):
            return []
        kind = get_named_type(inner)
        if is_enum_type(kind):
            return next(iter(kind.values))
        if is_input_object_type(kind):
            return self._object(place, kind, identity)
        if kind.name in _SCALARS:
            return _SCALARS[kind.name]
        return next((c for c in candidates(place.schema) if place.fits(c)), MISSING)

    def _object(self, place: Place, kind: Any, identity: Identity) -> Any:
        found: dict[str, Json] = {}
        for name, field in kind.fields.items():
            if is_required_input_field(field):
                value = self.value(
                    Place(place.label, name, field.type, field.description), identity
                )
                if value is MISSING:
                    return MISSING
                found[name] = value
        return found


def place_of(field: RootField, name: str) -> Place:
    """An argument's place."""
    argument: GraphQLArgument | GraphQLInputField = field.definition.args[name]
    return Place(field.label, name, argument.type, argument.description)


def follow(value: Json, way: list[str]) -> Any:
    """The value at the end of a way of names, through the first of each list."""
    for name in way:
        while isinstance(value, list):
            if not value:
                return MISSING
            value = value[0]
        if not isinstance(value, Mapping) or value.get(name) is None:
            return MISSING
        value = value[name]
    return value


def rest_examples(api: OpenApi, operation: str) -> Iterator[dict[str, Json]]:
    """What valid requests of a REST operation hold, by name, wherever in the request it stands."""
    fresh = Fresh("example")
    fresh = Fresh("example")
    for request in valid_requests(api, api.operation(operation), fresh, lambda o, p: None):
        body = request.document if isinstance(request.document, Mapping) else {}
        yield {**request.path, **request.query, **request.headers, **body}


def _args(field: RootField) -> Iterator[tuple[str, GraphQLArgument]]:
    yield from field.definition.args.items()

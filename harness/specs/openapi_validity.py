"""What makes an OpenAPI document unusable, whatever one's taste."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources

import jsonschema_rs

from harness.model import Json
from harness.specs.document import Document, Pointer, pointer_of
from harness.specs.errors import Problem
from harness.specs.examples import examples_of
from harness.specs.openapi import OpenApi, Operation


def validity(api: OpenApi) -> Iterator[Problem]:
    """Problems of form: the metaschema, references, schemas, ids, links, examples."""
    document = api.document
    broken = [*_version(document), *_metaschema(document), *_references(document, document.root)]
    broken += [*_schemas(document, document.root), *_patterns(document, document.root)]
    yield from broken
    if broken:
        return  # the rest would only repeat these
    yield from _ids(api)
    yield from _paths(api)
    yield from _links(api)
    yield from _examples(api)


def _version(document: Document) -> Iterator[Problem]:
    root = document.root
    version = root.get("openapi") if isinstance(root, Mapping) else None
    if not str(version).startswith("3.1"):
        yield document.problem(("openapi",), f"is OpenAPI {version}", "write it as 3.1")


def _metaschema(document: Document) -> Iterator[Problem]:
    text = resources.files("harness.specs").joinpath("openapi-3.1.json").read_text("utf-8")
    # The vendored schema is Draft 2020-12 throughout; its dynamic parts only allow any schema.
    validator = jsonschema_rs.Draft202012Validator(json.loads(text))
    for error in validator.iter_errors(document.root):
        where = tuple(error.instance_path)
        place = "/".join(str(p) for p in where) or "the root"
        yield document.problem(
            where, f"{place}: {_short(error.message)}",
            "write it as the OpenAPI 3.1 specification has it",
        )  # fmt: skip


def _references(document: Document, value: Json, pointer: Pointer = ()) -> Iterator[Problem]:
    for child, where in _children(value, pointer):
        if where[-1] == "$ref" and isinstance(child, str):
            target = pointer_of(child)
            if target is None:
                yield document.problem(where, f"refers out of the file: {child}", "move it inside")
            elif document.at(target) is None:
                yield document.problem(
                    where, f"refers to nothing: {child}", "name something that exists"
                )
        elif where[-1] not in ("example", "examples", "value", "const", "enum"):
            yield from _references(document, child, where)


def _schemas(document: Document, value: Json, pointer: Pointer = ()) -> Iterator[Problem]:
    for child, where in _children(value, pointer):
        if where[-1] in ("example", "examples", "value"):
            continue
        if where[-1] == "schema" or where[:-1] == ("components", "schemas"):
            try:
                jsonschema_rs.meta.validate(child)
            except jsonschema_rs.ValidationError as error:
                yield document.problem(
                    (*where, *error.instance_path), f"is no JSON Schema: {_short(error.message)}",
                    "mend the schema",
                )  # fmt: skip
        else:
            yield from _schemas(document, child, where)


def _patterns(document: Document, value: Json, pointer: Pointer = ()) -> Iterator[Problem]:
    """Regular expressions: the metaschema takes any string for one."""
    for child, where in _children(value, pointer):
        if where[-1] in ("example", "examples", "value"):
            continue
        if where[-1] == "pattern" and isinstance(child, str):
            try:
                jsonschema_rs.Draft202012Validator({"pattern": child})
            except jsonschema_rs.ValidationError:
                yield document.problem(
                    where, f"is no JSON Schema: {child!r} is no regular expression", "mend it"
                )
        else:
            yield from _patterns(document, child, where)


def _ids(api: OpenApi) -> Iterator[Problem]:
    seen: dict[str, Operation] = {}
    for operation in api.operations:
        if "operationId" not in operation.raw:
            yield api.document.problem(
                operation.pointer, f"{operation.label} has no operationId", "give it one"
            )
        elif operation.id in seen:
            yield api.document.problem(
                (*operation.pointer, "operationId"),
                f"{operation.label} has the operationId of {seen[operation.id].label}",
                "give each its own",
            )
        seen.setdefault(operation.id, operation)
        if not any(s.startswith("2") for s in operation.statuses):
            yield api.document.problem(
                operation.pointer, f"{operation.label} documents no success", "add a 2xx response"
            )


def _paths(api: OpenApi) -> Iterator[Problem]:
    for operation in api.operations:
        declared = {p.name for p in operation.parameters if p.place == "path"}
        named = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
        for name in sorted(declared ^ named):
            where = "declared but not in the path" if name in declared else "not declared"
            yield api.document.problem(
                operation.pointer, f"{operation.label}: path parameter {name} is {where}",
                "make the path and its parameters agree",
            )  # fmt: skip


def _links(api: OpenApi) -> Iterator[Problem]:
    for link in api.links:
        source = api.operation(link.source)
        where = (*source.pointer, "responses", link.status)
        try:
            target = api.operation(link.target)
        except KeyError:
            yield api.document.problem(
                where, f"link {link.name} leads to no operation: {link.target!r}",
                "name an operationId of this contract",
            )  # fmt: skip
            continue
        known = {n for p in target.parameters for n in (p.name, f"{p.place}.{p.name}")}
        for name in link.parameters:
            if name not in known:
                yield api.document.problem(
                    where, f"link {link.name} fills {name!r}, which {target.label} doesn't take",
                    "name one of its parameters",
                )  # fmt: skip


def _examples(api: OpenApi) -> Iterator[Problem]:
    """Each example against its schema, once for each place in the file."""
    seen: set[Pointer] = set()
    for pointer, holder in _holders(api.document, api.document.root):
        schema = holder.get("schema")
        if schema is None or pointer in seen:
            continue
        seen.add(pointer)
        validator = api.validator(schema)
        for name, value in examples_of(api.document, holder):
            for error in validator.iter_errors(value):
                place = "/".join(str(p) for p in error.instance_path)
                yield api.document.problem(
                    (*pointer, "examples", name), f"example {name!r} breaks its schema"
                    f"{f' at {place}' if place else ''}: {_short(error.message)}",
                    "mend the example or the schema",
                )  # fmt: skip
                break


def _holders(
    document: Document, value: Json, pointer: Pointer = ()
) -> Iterator[tuple[Pointer, Mapping[str, Json]]]:
    if isinstance(value, Mapping) and "schema" in value and pointer[-2:-1] != ("properties",):
        yield pointer, value
    for child, where in _children(value, pointer):
        if where[-1] not in ("example", "examples", "value", "schema", "schemas"):
            yield from _holders(document, child, where)


def _children(value: Json, pointer: Pointer) -> Iterator[tuple[Json, Pointer]]:
    if isinstance(value, Mapping):
        yield from ((child, (*pointer, key)) for key, child in value.items())
    elif isinstance(value, list):
        yield from ((child, (*pointer, index)) for index, child in enumerate(value))


def _short(message: str) -> str:
    line = message.splitlines()[0] if message else ""
    return line if len(line) <= 200 else line[:199] + "…"

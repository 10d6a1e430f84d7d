"""The contracts as data, and small tools to walk them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"

Json = Any
Validate = Callable[[Json, Json], None]


def read(name: str) -> dict[str, Any]:
    document = yaml.safe_load((CONTRACTS / name).read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def walk(node: Json, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document with its JSON pointer; examples are data, not contract."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in {"example", "examples"}:
                yield from walk(value, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}/{index}")


def resolve(document: dict[str, Any], node: Json) -> Json:
    """The node itself, or what its local ``$ref`` points at."""
    while isinstance(node, dict) and "$ref" in node:
        target: Json = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    return read("openapi.yaml")


@pytest.fixture(scope="session")
def asyncapi() -> dict[str, Any]:
    document = read("asyncapi.yaml")
    # The one reference that leaves the file; its target stands in for it.
    event = read("openapi.yaml")["components"]["schemas"]["PaystackEvent"]
    webhook = document["components"]["messages"]["paystackEvent"]
    assert webhook["payload"] == {"$ref": "./openapi.yaml#/components/schemas/PaystackEvent"}
    webhook["payload"] = event
    return document


@pytest.fixture(scope="session")
def lifecycle() -> dict[str, Any]:
    return read("lifecycle.yaml")


@pytest.fixture(scope="session")
def openapi_meta() -> dict[str, Any]:
    """The published schema of OpenAPI 3.1 documents."""
    text = (ROOT / "harness" / "specs" / "openapi-3.1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@pytest.fixture
def valid() -> Callable[[dict[str, Any], Json, Json], None]:
    """Check a value against a schema of a document, formats and all."""

    def check(document: dict[str, Any], schema: Json, value: Json) -> None:
        validator = jsonschema_rs.Draft202012Validator(
            {"components": document["components"], **schema}, validate_formats=True
        )
        problems = [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(value)]
        assert not problems, problems

    return check


@pytest.fixture(scope="session")
def walker() -> Callable[[Json], Iterator[tuple[str, dict[str, Any]]]]:
    return walk


@pytest.fixture(scope="session")
def resolver() -> Callable[[dict[str, Any], Json], Json]:
    return resolve

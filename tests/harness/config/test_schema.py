"""The published JSON Schema of ``harness.toml`` is the one that the code has."""

import json
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest

from harness.config import Config

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "harness.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == Config.model_json_schema(), (
        "renew it: stageproof schema > docs/harness.schema.json"
    )


@pytest.mark.parametrize(
    "path",
    ["harness.toml", "tests/apps/library_loans/harness.toml", "tests/apps/parcels/harness.toml"],
)
def test_the_published_schema_accepts_the_applications_of_this_project(path: str) -> None:
    settings = tomllib.loads((ROOT / path).read_text("utf-8"))
    schema = jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text("utf-8")))
    assert [str(e) for e in schema.iter_errors(settings)] == []


def test_the_published_schema_refuses_an_unknown_key() -> None:
    settings = tomllib.loads((ROOT / "harness.toml").read_text("utf-8"))
    schema = jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text("utf-8")))
    assert not schema.is_valid({**settings, "scenaros": {}})

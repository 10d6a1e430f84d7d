"""``stageproof init``, on folders as other people have them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.config import load_config
from tests.harness.commands.conftest import Here

Put = Callable[..., None]

SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Colour: {Type: String, Default: red}
  Secret: {Type: String, Description: Signs things}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: live}}
  Function: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}
Outputs:
  Function: {Value: !GetAtt Function.Arn}
  Url: {Value: !Sub 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live'}
"""
OPENAPI = """
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
paths: {/things: {get: {operationId: list, responses: {'200': {description: All}}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Path:
    """An empty project's root, where commands are run."""
    root = tmp_path / "Shop_of 3"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def put(folder: Path) -> Put:
    """Write files into it: path → text."""

    def write(files: dict[str, str]) -> None:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

    return write


def of(folder: Path) -> dict[str, Any]:
    load_config(folder / "harness.toml")  # is what it must be, whatever was guessed
    return tomllib.loads((folder / "harness.toml").read_text())


def test_a_template_and_a_contract_are_enough(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM, "docs/of-the-api.yml": OPENAPI})
    said = here("init")
    assert (said.code, said.err) == (0, "")
    made = of(folder)
    assert made["application"] == "shop-of-3"
    assert made["template"] == "template.yaml"
    assert made["contracts"] == {"openapi": "docs/of-the-api.yml", "base_url": "Url"}
    assert "base_url     Url" in said.out


def test_a_parameter_without_a_default_is_asked_for(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM, "api.yaml": OPENAPI})
    said = here("init")
    assert "give the parameter Secret a value (Signs things)" in said.out
    text = (folder / "harness.toml").read_text()
    assert '# Secret = "..."  # has no default: Signs things' in text
    assert "Colour" not in text


def test_a_file_that_is_there_is_left_as_it_is(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM, "api.yaml": OPENAPI, "harness.toml": "mine"})
    said = here("init")
    assert said.code == 2
    assert "there is a harness.toml already" in said.err
    assert "stageproof init --print" in said.err
    shown = here("init", "--print")
    assert tomllib.loads(shown.out)["contracts"]["base_url"] == "Url"
    assert (folder / "harness.toml").read_text() == "mine"


def test_another_folder_may_be_named(here: Here, put: Put, folder: Path) -> None:
    put({"shop/template.yaml": SAM, "shop/api.yaml": OPENAPI})
    assert here("init", "shop").code == 0
    assert of(folder / "shop")["application"] == "shop"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"api.yaml": OPENAPI}, "no SAM or CloudFormation template"),
        ({"template.yaml": SAM}, "no contract"),
        (
            {"template.yaml": SAM, "api.yaml": OPENAPI.replace("3.1.0", "3.0.3")},
            "api.yaml is OpenAPI 3.0.3, and OpenAPI 3.1 is read",
        ),
        (
            {"template.yaml": SAM, "old.json": '{"swagger": "2.0", "paths": {}}'},
            "old.json is Swagger 2.0",
        ),
    ],
)
def test_what_is_missing_is_told(
    here: Here, put: Put, folder: Path, files: dict[str, str], said: str
) -> None:
    put(files)
    told = here("init")
    assert told.code == 2
    assert said in told.err
    assert not (folder / "harness.toml").exists()


def test_a_contract_is_known_by_what_it_says_at_its_root(
    here: Here, put: Put, folder: Path
) -> None:
    lookalike = "notes:\n  openapi: 3.1.0\n"
    put({"template.yaml": SAM, "api.yaml": lookalike, "promises/rest.json": _as_json(OPENAPI)})
    assert here("init").code == 0
    assert of(folder)["contracts"]["openapi"] == "promises/rest.json"


def test_contracts_and_templates_of_libraries_are_left_alone(
    here: Here, put: Put, folder: Path
) -> None:
    put({"template.yaml": SAM, "node_modules/x/api.yaml": OPENAPI, "contracts/api.yaml": OPENAPI})
    here("init")
    text = (folder / "harness.toml").read_text()
    assert "contracts/api.yaml" in text
    assert "node_modules" not in text


def test_what_sam_built_is_taken_only_where_the_source_needs_a_build(
    here: Here, put: Put, folder: Path
) -> None:
    put({"template.yaml": SAM, ".aws-sam/build/template.yaml": SAM, "api.yaml": OPENAPI})
    here("init")
    assert of(folder)["template"] == "template.yaml"
    (folder / "harness.toml").unlink()
    needs = SAM.replace("{CodeUri: src}}", "{CodeUri: src}, Metadata: {BuildMethod: esbuild}}")
    put({"template.yaml": needs})
    here("init")
    assert of(folder)["template"] == ".aws-sam/build/template.yaml"


def test_sams_own_name_of_the_stack_is_the_applications(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM, "api.yaml": OPENAPI, "samconfig.toml": 'stack_name = "CoolShop"'})
    here("init")
    assert of(folder)["application"] == "cool-shop"


def test_a_url_of_one_operation_is_told(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM.replace("/live'", "/live/hello/'"), "api.yaml": OPENAPI})
    assert "Url ends in /hello" in here("init").out


def test_without_any_url_it_says_what_is_missing(here: Here, put: Put, folder: Path) -> None:
    put({"template.yaml": SAM.split("  Url:", maxsplit=1)[0], "api.yaml": OPENAPI})
    assert "no output of the template is a REST API's URL" in here("init").out


def test_what_can_be_watched_is_known_by_what_outputs_are(
    here: Here, put: Put, folder: Path
) -> None:
    more = """  Rows: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: rowId, KeyType: HASH}]}}
  Dead: {Type: AWS::SQS::Queue}
  Work: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}}
  Bus: {Type: AWS::Events::EventBus}
  Ops: {Type: AWS::SNS::Topic}
Outputs:
  RowsName: {Value: !Ref Rows}
  DeadUrl: {Value: !Ref Dead}
  WorkUrl: {Value: !Ref Work}
  BusName: {Value: !Ref Bus}
  OpsArn: {Value: !Ref Ops}
"""  # noqa: E501
    put({"template.yaml": SAM.replace("Outputs:\n", more), "api.yaml": OPENAPI})
    here("init")
    assert of(folder)["observe"] == {
        "key": ["rowId"],
        "buses": ["BusName"],
        "topics": ["OpsArn"],
        "queues": {"DeadUrl": "Dead"},
    }
    assert "# [observe.tables.RowsName]" in (folder / "harness.toml").read_text()


def test_tokens_are_asked_for_where_the_contract_does(here: Here, put: Put, folder: Path) -> None:
    secured = OPENAPI + "components: {securitySchemes: {card: {type: http, scheme: bearer}}}\n"
    put({"template.yaml": SAM, "api.yaml": secured})
    assert "say who calls" in here("init").out
    assert "# [identities.amina]" in (folder / "harness.toml").read_text()


def test_a_mistake_in_the_contract_is_told_and_the_file_written(
    here: Here, put: Put, folder: Path
) -> None:
    put({"template.yaml": SAM, "api.yaml": OPENAPI.replace("title: Things, ", "")})
    said = here("init")
    assert said.code == 0
    assert "to do api.yaml:" in said.out
    assert (folder / "harness.toml").exists()


def _as_json(text: str) -> str:
    import yaml

    return json.dumps(yaml.safe_load(text))

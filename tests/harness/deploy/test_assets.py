"""What ``cdk synth`` leaves, and what is made of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.deploy import DeployError, deployed_parameters, load_template
from harness.deploy.assets import assets_of, moved

BOARD = Path(__file__).parents[2] / "apps" / "noticeboard"
TEMPLATE = BOARD / "cdk.out" / "Noticeboard.template.json"
SUB = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}


def body_of(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text())
    return read


@pytest.fixture
def synthesized(tmp_path: Path) -> Path:
    """A template with a function's code as its one asset; its manifest beside it."""
    (tmp_path / "asset.abc").mkdir()
    (tmp_path / "asset.abc" / "app.py").write_text("x = 1\n")
    code = {"S3Bucket": SUB, "S3Key": "abc.zip"}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": code},
        "Metadata": {"aws:asset:path": "asset.abc", "aws:asset:property": "Code"},
    }
    place = {"bucketName": SUB["Fn::Sub"], "objectKey": "abc.zip"}
    files = {
        "abc": {"source": {"path": "asset.abc", "packaging": "zip"}, "destinations": {"x": place}},
        "def": {
            "source": {"path": "S.template.json", "packaging": "file"},
            "destinations": {"x": {**place, "objectKey": "def.json"}},
        },
    }
    (tmp_path / "S.assets.json").write_text(json.dumps({"version": "48.0.0", "files": files}))
    path = tmp_path / "S.template.json"
    path.write_text(json.dumps({"Resources": {"F": function}}))
    return path


def test_the_assets_that_the_template_names_are_found(synthesized: Path) -> None:
    [asset] = assets_of(synthesized, body_of(synthesized))
    assert (asset.path, asset.zipped, asset.key) == (
        synthesized.parent / "asset.abc", True, "abc.zip",
    )  # fmt: skip


def test_they_are_looked_for_where_they_were_put(synthesized: Path) -> None:
    body = body_of(synthesized)
    [asset] = assets_of(synthesized, body)
    body["Resources"]["F"]["Properties"]["Policy"] = {"Fn::Sub": f"arn:aws:s3:::{asset.bucket}/*"}
    ready = moved(body, {asset: ("ours", "k.zip")})["Resources"]["F"]["Properties"]
    assert ready["Code"] == {"S3Bucket": "ours", "S3Key": "k.zip"}
    assert ready["Policy"] == {"Fn::Sub": "arn:aws:s3:::ours/*"}


def test_a_bucket_of_a_known_account_is_moved_too(synthesized: Path) -> None:
    text = (synthesized.parent / "S.assets.json").read_text()
    fixed = "cdk-hnb659fds-assets-111111111111-eu-west-1"
    (synthesized.parent / "S.assets.json").write_text(text.replace(SUB["Fn::Sub"], fixed))
    body = body_of(synthesized)
    body["Resources"]["F"]["Properties"]["Code"]["S3Bucket"] = fixed
    [asset] = assets_of(synthesized, body)
    moved_body = moved(body, {asset: ("ours", "k.zip")})
    assert moved_body["Resources"]["F"]["Properties"]["Code"]["S3Bucket"] == "ours"


def test_a_template_that_is_not_cdks_has_none(tmp_path: Path) -> None:
    assert assets_of(tmp_path / "template.yaml", {"Resources": {}}) == ()


def test_a_synthesized_template_without_its_manifest_is_told(synthesized: Path) -> None:
    (synthesized.parent / "S.assets.json").unlink()
    with pytest.raises(DeployError, match=r"F's code is an asset of CDK's, and S\.assets\.json"):
        assets_of(synthesized, body_of(synthesized))


def test_an_asset_that_was_not_kept_is_told(synthesized: Path) -> None:
    (synthesized.parent / "asset.abc").rename(synthesized.parent / "elsewhere")
    with pytest.raises(DeployError, match=r"its asset asset\.abc isn't there"):
        assets_of(synthesized, body_of(synthesized))


def test_an_image_is_told(synthesized: Path) -> None:
    manifest = json.loads((synthesized.parent / "S.assets.json").read_text())
    manifest["dockerImages"] = {"abc": {}}
    (synthesized.parent / "S.assets.json").write_text(json.dumps(manifest))
    with pytest.raises(DeployError, match="1 assets are container images"):
        assets_of(synthesized, body_of(synthesized))


def test_what_only_the_cdk_command_needs_is_struck_and_told() -> None:
    template = load_template(TEMPLATE)
    assert not {"Parameters", "Rules"} & template.body.keys()
    assert "CDKMetadata" not in template.resources
    assert [line.split(" ")[0] for line in template.pruned] == ["CDKMetadata", "parameter"]
    assert deployed_parameters(TEMPLATE, {}) == {}


def test_the_notice_boards_assets_are_its_code_as_it_is_written() -> None:
    [asset] = assets_of(TEMPLATE, load_template(TEMPLATE).body)
    kept = {p.name: p.read_text() for p in asset.path.iterdir() if p.is_file()}
    assert kept == {"board.py": (BOARD / "lambda" / "board.py").read_text()}

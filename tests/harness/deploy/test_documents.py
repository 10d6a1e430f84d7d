from pathlib import Path

import pytest

from harness.deploy import DeployError
from harness.deploy.documents import documents_of, with_addresses
from harness.deploy.template import Template


def template(tmp_path: Path, where: object) -> Template:
    schema = {
        "Type": "AWS::AppSync::GraphQLSchema",
        "Properties": {"ApiId": "a", "DefinitionS3Location": where},
    }
    return Template(tmp_path / "app" / "template.yaml", {"Resources": {"Schema": schema}})


def test_a_schema_beside_the_template_gets_an_address_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }")
    made = template(tmp_path, "../schema.graphql")
    [document] = documents_of(made)
    assert document.content == b"type Query { a: Int }"
    packaged = with_addresses(made, (document,), lambda key: f"s3://bucket/{key}")
    properties = packaged.resources["Schema"]["Properties"]
    assert properties["DefinitionS3Location"] == f"s3://bucket/{document.key}"
    assert document.key.endswith("-schema.graphql")
    assert properties["ApiId"] == "a"
    assert made.resources["Schema"]["Properties"]["DefinitionS3Location"] == "../schema.graphql"


@pytest.mark.parametrize("where", ["s3://elsewhere/schema.graphql", None])
def test_what_is_elsewhere_already_stays(tmp_path: Path, where: object) -> None:
    assert documents_of(template(tmp_path, where)) == ()


def test_a_path_that_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"Schema's DefinitionS3Location 'no\.graphql'"):
        documents_of(template(tmp_path, "no.graphql"))

# ruff: noqa: S310 (loopback only)
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from harness.deploy import Application, DeployError, SeedSettings, apply, remove
from harness.deploy.stack import Stack
from harness.model import Stage
from harness.targets import Aws, Endpoint


def _get(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.loads(answer.read())


def _deploy(tmp_path: Path, endpoint: Endpoint, text: str, stack: str, **parameters: str) -> Stage:
    template = tmp_path / "template.yaml"
    template.write_text(text)
    (tmp_path / "data.csv").write_text("id,n\na,1\nb,2\n")
    seed = {"Table": SeedSettings(csv="data.csv", types={"n": "int"})}
    return apply(
        Application(root=tmp_path, template=template, seed=seed if "Table:" in text else {}),
        endpoint, stack=stack, parameters=parameters, environment={}, signal=lambda _: None,
    )  # fmt: skip


SMALL = Path(__file__).parent / "small" / "template.yaml"
TABLE = """
Parameters: {Note: {Type: String, Default: none}}
Resources:
  Rows:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
Outputs:
  Table: {Value: !Ref Rows}
  Note: {Value: !Ref Note}
"""


def test_the_stage_answers_with_its_parameter_and_the_injected_environment(small: Stage) -> None:
    assert _get(f"{small.base_url}/things/a") == {
        "GREETING": "moin",
        "PROVIDER": "http://127.0.0.1:9",
    }


def test_the_stage_knows_its_functions_outputs_and_changes(small: Stage) -> None:
    assert set(small.functions) == {"ThingsFunction", "StreamFunction", "WorkFunction"}
    assert small.functions["ThingsFunction"] == small.outputs["ThingsFunction"]
    assert small.parameters == {"Greeting": "moin"}
    assert small.pruned[0].startswith("Firewall (AWS::WAFv2::WebACL)")
    assert "FirewallArn" not in small.outputs
    assert set(small.digests) == {"template", "code"}


def test_sample_data_is_in_the_table(tmp_path: Path, embedded: Endpoint) -> None:
    stage = _deploy(tmp_path, embedded, TABLE, "seeded")
    found = Aws.of(stage).client("dynamodb").scan(TableName=stage.outputs["Table"])["Items"]
    assert sorted(found, key=str) == [
        {"id": {"S": "a"}, "n": {"N": "1"}},
        {"id": {"S": "b"}, "n": {"N": "2"}},
    ]


def test_a_second_deploy_updates_the_stack_and_the_same_again_changes_nothing(
    tmp_path: Path, embedded: Endpoint
) -> None:
    _deploy(tmp_path, embedded, TABLE, "twice", Note="one")
    for _ in range(2):
        assert _deploy(tmp_path, embedded, TABLE, "twice", Note="two").outputs["Note"] == "two"


def test_a_removed_stage_is_gone_and_removing_it_again_is_harmless(
    tmp_path: Path, embedded: Endpoint
) -> None:
    stage = _deploy(tmp_path, embedded, TABLE, "removed")
    remove(stage)
    remove(stage)
    aws = Aws.of(stage)
    assert stage.outputs["Table"] not in aws.client("dynamodb").list_tables()["TableNames"]
    buckets = [b["Name"] for b in aws.client("s3").list_buckets()["Buckets"]]
    assert "removed-code" not in buckets


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        ("{Type: 'AWS::Nope::Thing'}", "refused the template.*AWS::Nope::Thing"),
        ("{Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: 99999}}",
         r"Broken \(AWS::SQS::Queue\): .*VisibilityTimeout"),
        ("{Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref Nobody}}",
         "Broken refers to 'Nobody'"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_deploy_tells_the_resource_and_the_reason(
    tmp_path: Path, embedded: Endpoint, resource: str, says: str
) -> None:
    with pytest.raises(DeployError, match=f"(?s){says}") as caught:
        _deploy(tmp_path, embedded, f"Resources:\n  Broken: {resource}\n", "broken")
    assert caught.value.mend


def test_a_stack_that_failed_at_birth_can_be_deployed_again(
    tmp_path: Path, embedded: Endpoint
) -> None:
    queue = "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: %d}}\n"
    with pytest.raises(DeployError):
        _deploy(tmp_path, embedded, queue % 99999, "reborn")
    assert _deploy(tmp_path, embedded, queue % 30, "reborn").name == "reborn"


def test_seeding_an_output_that_is_not_there_names_those_that_are(
    tmp_path: Path, embedded: Endpoint
) -> None:
    text = TABLE.replace("  Table: {Value", "  Rows: {Value") + "# Table:\n"
    with pytest.raises(DeployError, match=r"the stack has no output 'Table'") as caught:
        _deploy(tmp_path, embedded, text, "unseeded")
    assert "Rows" in caught.value.mend


def test_an_emulator_that_died_is_told_as_such(tmp_path: Path, embedded: Endpoint) -> None:
    gone = Endpoint(
        target="embedded", url="http://127.0.0.1:9", region="eu-west-1",
        credentials=embedded.credentials, python=embedded.python,
        capabilities=embedded.capabilities, log=Path("emulator.log"),
    )  # fmt: skip
    with pytest.raises(DeployError, match="stopped answering") as caught:
        _deploy(tmp_path, gone, TABLE, "nowhere")
    assert "emulator.log" in caught.value.mend


def test_functions_of_an_updated_stage_have_the_new_environment(embedded: Endpoint) -> None:
    application = Application(root=SMALL.parent, template=SMALL, base_url="Url")
    for provider in ("http://127.0.0.1:1", "http://127.0.0.1:2"):
        stage = apply(
            application, embedded, stack="again", parameters={},
            environment={"PROVIDER": provider}, signal=lambda _: None,
        )  # fmt: skip
        assert _get(f"{stage.base_url}/things/a")["PROVIDER"] == provider


LEAST = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}


def test_a_stack_that_is_not_ours_is_left_as_it_is(embedded: Endpoint) -> None:
    aws = Aws.of(embedded)
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="somebodys", TemplateBody=json.dumps(LEAST))
    with pytest.raises(DeployError, match="a stack somebodys already, which stageproof didn't"):
        Stack(aws, "somebodys").claim()
    (kept,) = cloudformation.describe_stacks(StackName="somebodys")["Stacks"]
    assert kept["StackStatus"] == "CREATE_COMPLETE"


def test_a_stack_of_ours_is_claimed_again_and_a_free_name_is_free(embedded: Endpoint) -> None:
    stack = Stack(Aws.of(embedded), "claimed")
    stack.claim()
    stack.apply(LEAST, {})
    stack.claim()
    assert set(stack.resources()) == {"Q"}


def test_what_a_failed_deploy_left_is_removed_before_the_next(embedded: Endpoint) -> None:
    stack = Stack(Aws.of(embedded), "half")
    twice = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Q", "No"]}}}
    with pytest.raises(DeployError):
        stack.apply({"Resources": {**LEAST["Resources"], "Twice": twice}}, {})
    stack.claim()
    stack.apply(LEAST, {})
    assert set(stack.resources()) == {"Q"}

"""A stack that stays: deployed, read by its outputs, and taken away again."""

import json
import os
from pathlib import Path

import pytest

from harness.targets import Aws, Endpoint
from tests.apps.loans import copied, mended, stageproof
from tests.harness.commands.conftest import Here

KEY = ("--parameter", "CardKey=only-for-tests")


class Cloud:
    """An emulator as AWS's own tools are told of it, and an application's folder."""

    def __init__(self, endpoint: Endpoint, root: Path) -> None:
        self.endpoint = endpoint
        self.root = root
        self._environment = {
            "AWS_ENDPOINT_URL": endpoint.url,
            **{name.upper(): value for name, value in endpoint.credentials.items()},
        }

    def says(self, *arguments: str) -> tuple[int, str]:
        """Run a command; how it ended and what it said."""
        run = stageproof(self.root, *arguments, environment=self._environment)
        said = run.communicate(timeout=120)[0]
        assert "Traceback" not in said
        return run.returncode, said

    @property
    def stacks(self) -> set[str]:
        """Those that are there."""
        described = Aws.of(self.endpoint).client("cloudformation").describe_stacks()["Stacks"]
        return {s["StackName"] for s in described if s["StackStatus"] != "DELETE_COMPLETE"}


@pytest.fixture
def cloud(embedded: Endpoint, tmp_path: Path) -> Cloud:
    return Cloud(embedded, mended(copied(tmp_path / "loans")))


def test_it_is_deployed_read_and_taken_away(cloud: Cloud) -> None:
    code, said = cloud.says("deploy", "--stack", "kept", *KEY)
    assert code == 0, said
    assert "kept is deployed" in said
    assert "stageproof destroy --target live --stack kept" in said

    code, printed = cloud.says("outputs", "--target", "live", "--stack", "kept")
    assert code == 0, printed
    assert json.loads(printed)["ServiceUrl"] in said

    code, refused = cloud.says("destroy", "--stack", "kept")
    assert (code, "--yes" in refused) == (2, True)
    assert "kept" in cloud.stacks

    code, said = cloud.says("destroy", "--stack", "kept", "--yes")
    assert code == 0, said
    assert "kept" not in cloud.stacks
    code, said = cloud.says("destroy", "--stack", "kept", "--yes")
    assert (code, "nothing to do" in said) == (0, True)
    code, said = cloud.says("outputs", "--target", "live", "--stack", "kept")
    assert (code, "there is no stack kept" in said) == (2, True)


def test_somebody_elses_stack_is_neither_updated_nor_taken_away(cloud: Cloud) -> None:
    cloudformation = Aws.of(cloud.endpoint).client("cloudformation")
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    cloudformation.create_stack(StackName="theirs", TemplateBody=template)
    for command in (["deploy", *KEY], ["destroy", "--yes"]):
        code, said = cloud.says(*command, "--stack", "theirs")
        assert (code, "is left as it is" in " ".join(said.split())) == (2, True), said
    resources = cloudformation.list_stack_resources(StackName="theirs")["StackResourceSummaries"]
    assert [r["LogicalResourceId"] for r in resources] == ["Queue"]


@pytest.mark.parametrize(
    ("arguments", "what", "mend"),
    [
        (("deploy", "--target", "embedded", *KEY), "ends with it", "stageproof up"),
        (("deploy", "--target", "localstack", *KEY), "ends with it", "--endpoint"),
        (
            ("deploy", "--parameter", "Nope=1"),
            "unknown 'Nope'; no value for 'CardKey'",
            "parameters",
        ),
        (("deploy", "--parameter", "Nope"), "has no '='", "NAME=VALUE"),
        (("outputs",), "no stage stands here", "stageproof up"),
        (("destroy", "--target", "nowhere"), "no target 'nowhere'", "Known:"),
    ],
)
def test_what_cannot_be_done_is_2_with_what_to_do(
    here: Here, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], what: str, mend: str
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ})
    monkeypatch.delenv("LOCALSTACK_ENDPOINT", raising=False)
    said = here(*arguments)
    assert said.code == 2
    assert what in " ".join(said.err.split())
    assert mend in said.err


def test_a_parameter_that_only_a_double_can_give_is_asked_for(here: Here, project: Path) -> None:
    text = (project / "harness.toml").read_text(encoding="utf-8")
    served = """
[doubles.cards]
factory = "anywhere:Cards"

[targets.live.parameters]
CardKey = { double = "cards", path = "/key" }
"""
    (project / "harness.toml").write_text(text + served, encoding="utf-8")
    said = here("deploy")
    assert said.code == 2
    assert "takes CardKey from a double" in " ".join(said.err.split())
    assert "--parameter CardKey=" in said.err

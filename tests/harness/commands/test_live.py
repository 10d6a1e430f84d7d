"""A stage that another process deployed, reached as live: judged, and left as it was found."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from harness.targets import Aws
from tests.apps.loans import changed, copied, mended, stageproof
from tests.harness.commands.conftest import Here
from tests.harness.commands.guarded import guarded
from tests.harness.commands.watching import PATIENCE, until

FEWER = {"[checks]": "[checks]\nexamples = 8\nstateful = 6"}
ITS_END = "Take it down: Ctrl-C here"


TESTERS = {"amina", "bola"}
"""The customers that the checks sign in as: their rows may change, and nothing else may."""


class Foreign(NamedTuple):
    """Somebody's stage: what its outputs file says, and AWS's APIs there."""

    outputs: Path
    aws: Aws
    url: str

    def lives(self) -> None:
        """Somebody uses it: a loan of a real member's, and work that waits in a queue."""
        client = self.aws.client
        (table,) = client("dynamodb").list_tables()["TableNames"]
        loan = {"loanId": "1", "member": "zora", "isbn": "9780140449136", "length": "one week"}
        item = {name: {"S": value} for name, value in loan.items()}
        client("dynamodb").put_item(TableName=table, Item=item)
        queue = client("sqs").create_queue(QueueName="reminders")["QueueUrl"]
        client("sqs").send_message(QueueUrl=queue, MessageBody="bring it back, zora")

    @property
    def found(self) -> dict[str, Any]:
        """Everything of it but the test customers' rows."""
        client = self.aws.client
        functions = client("lambda").list_functions()["Functions"]
        return {
            "stacks": [
                s["StackName"] for s in client("cloudformation").describe_stacks()["Stacks"]
            ],
            "tables": {t: self._rows(t) for t in client("dynamodb").list_tables()["TableNames"]},
            "queues": {u: self._waiting(u) for u in client("sqs").list_queues()["QueueUrls"]},
            "buckets": {
                b["Name"]: self._objects(b["Name"]) for b in client("s3").list_buckets()["Buckets"]
            },
            "rules": [r["Name"] for r in client("events").list_rules()["Rules"]],
            "functions": {f["FunctionName"]: f.get("Environment") for f in functions},
        }

    def _rows(self, table: str) -> list[Any]:
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        rows = [row for page in pages for row in page["Items"]]
        return sorted((r for r in rows if r["member"]["S"] not in TESTERS), key=str)

    def _waiting(self, queue: str) -> str:
        asked = {"QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages"]}
        said = self.aws.client("sqs").get_queue_attributes(**asked)
        return str(said["Attributes"]["ApproximateNumberOfMessages"])

    def _objects(self, bucket: str) -> dict[str, str]:
        pages = self.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {o["Key"]: o["ETag"] for page in pages for o in page.get("Contents", [])}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    folder = tmp_path_factory.mktemp("foreign")
    root = mended(copied(folder / "loans"))
    said = folder / "said.txt"
    with said.open("w") as output:
        process = stageproof(root, "up", output=output)
    try:
        until(lambda: ITS_END in said.read_text() or process.poll() is not None, "the stage is up")
        text = said.read_text()
        (sheet,) = (root / ".stageproof" / "up").glob("*/stage-up.json")
        rest, aws = (re.search(rf"{x}\s+(http\S+)", text) for x in ("REST", "AWS"))
        assert rest is not None
        assert aws is not None
        outputs = folder / "outputs.json"
        outputs.write_text(
            json.dumps({**json.loads(sheet.read_text())["outputs"], "ServiceUrl": rest[1]})
        )
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        stage = Foreign(outputs, Aws(aws[1], "eu-west-1", keys), aws[1])
        stage.lives()
        yield stage
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_it_is_judged_as_a_customer_and_left_as_it_was_found(
    foreign: Foreign, tmp_path: Path
) -> None:
    root = mended(copied(tmp_path / "loans"))
    # Terraform deployed it: there is no template.
    changed(root / "harness.toml", {**FEWER, 'template = "template.yaml"\n': ""})
    (root / "template.yaml").unlink()
    before = foreign.found
    run = stageproof(root, "verify", "--target", "live", "--outputs", str(foreign.outputs))
    said = run.communicate(timeout=300)[0]
    assert run.returncode == 0, said
    assert "on live" in said
    assert foreign.found == before
    assert list(before["queues"].values()) == ["1"]
    [[loan]] = before["tables"].values()
    assert loan["member"] == {"S": "zora"}


def test_with_credentials_it_is_read_and_nothing_of_an_emulators_own_is_asked_for(
    foreign: Foreign, tmp_path: Path
) -> None:
    root = mended(copied(tmp_path / "loans"))
    changed(root / "harness.toml", FEWER)
    before = foreign.found
    with guarded(foreign.url) as aws:
        mine = {
            "AWS_ENDPOINT_URL": aws.url, "AWS_ACCESS_KEY_ID": "AKIACUSTOMER",
            "AWS_SECRET_ACCESS_KEY": "customer", "AWS_DEFAULT_REGION": "eu-west-1",
        }  # fmt: skip
        run = stageproof(
            root, "verify", "--target", "live", "--outputs", str(foreign.outputs), environment=mine
        )
        said = run.communicate(timeout=300)[0]
    assert run.returncode == 0, said
    assert aws.refused == []
    assert "GetCallerIdentity" in aws.allowed
    assert foreign.found == before


def test_it_is_used_no_further_than_it_grants(foreign: Foreign, tmp_path: Path) -> None:
    root = mended(copied(tmp_path / "loans"))
    changed(root / "harness.toml", FEWER)
    config = root / "harness.toml"
    grant = "\n[targets.live]\ncalls = 5\n"
    config.write_text(config.read_text(encoding="utf-8") + grant, encoding="utf-8")
    run = stageproof(root, "verify", "--target", "live", "--outputs", str(foreign.outputs))
    said = run.communicate(timeout=300)[0]
    assert run.returncode == 1, said
    assert "[targets.live] calls = 5" in " ".join(said.split())


@pytest.mark.parametrize(
    ("arguments", "what", "mend"),
    [
        ((), "it isn't said which live stage", "--stack NAME"),
        (("--outputs", "nowhere.json"), "can't read the outputs file nowhere.json", "--outputs"),
        (("--outputs", "harness.toml"), "harness.toml is not JSON", "OutputKey"),
    ],
)
def test_what_cannot_be_attached_to_is_2_with_what_to_do(
    here: Here, project: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...],
    what: str, mend: str,
) -> None:  # fmt: skip
    for name in ("STAGEPROOF_STACK", "STAGEPROOF_OUTPUTS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(os, "environ", {**os.environ})
    said = here("verify", "--target", "live", *arguments)
    assert said.code == 2
    assert what in " ".join(said.err.split()).replace(f"{project}/", "")
    assert mend in said.err

"""What may be taken away: what we made, whether to keep or for a run, and nothing else."""

import os
from pathlib import Path

import pytest

from harness.deploy import DeployError, remove, take_away
from harness.deploy.whose import KEPT, TAG, Owner
from harness.model import Stage
from harness.targets import Aws, Endpoint, Python
from harness.targets.owners import host
from tests.harness.deploy.clouds import Cloud

ENDPOINT = Endpoint(
    target="localstack", url="http://127.0.0.1:4566", region="eu-west-1", credentials={},
    python=Python("3.13", ""), capabilities={}, log=Path(), shared=True,
)  # fmt: skip
STAGE = Stage(
    name="shop", target="localstack", endpoint=ENDPOINT.url, region="eu-west-1", credentials={},
    base_url="", outputs={}, parameters={}, capabilities={},
)  # fmt: skip


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud(status="CREATE_COMPLETE")
    monkeypatch.setattr(Aws, "of", lambda *_: made)
    return made


@pytest.mark.parametrize(
    "mark",
    [KEPT, "shop", f"{os.getpid()}/1@{host()}", "7/8@elsewhere"],
    ids=["kept", "kept before", "a run's here", "a run's elsewhere"],
)
def test_what_was_kept_and_what_a_run_left_is_taken_away(cloud: Cloud, mark: str) -> None:
    cloud.tags = {TAG: mark}
    assert take_away(ENDPOINT, "shop")
    assert cloud.asked == ["delete"]
    assert not take_away(ENDPOINT, "shop")


def test_what_somebody_else_made_is_left(cloud: Cloud) -> None:
    cloud.tags = {"team": "shop"}
    with pytest.raises(DeployError, match="stageproof didn't make the stack shop"):
        take_away(ENDPOINT, "shop")
    assert cloud.asked == []


def test_a_run_removes_its_stack_and_none_that_another_made_in_its_place(cloud: Cloud) -> None:
    ours = Owner("1/2@here")
    cloud.tags = {TAG: "7/8@elsewhere"}
    remove(STAGE, ours)
    assert cloud.asked == []
    cloud.tags = {TAG: ours.mark}
    remove(STAGE, ours)
    remove(STAGE, ours)
    assert cloud.asked == ["delete"]

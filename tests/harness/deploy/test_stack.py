"""What becomes of a stack that a deploy finds: whose it is, and in which state."""

import os
from typing import Any, cast

import pytest

from harness.deploy import DeployError
from harness.deploy.stack import Stack
from harness.deploy.whose import DEPLOY, KEPT, TAG, Owner
from harness.targets.owners import host, owner
from tests.harness.deploy.clouds import Cloud

HERE = host()
LIVE, GONE, AWAY = f"{os.getppid()}/@{HERE}", f"{os.getpid()}/1@{HERE}", "7/8@elsewhere"
"""Owners: a process whose beginning can't be told, one that ended, one of another machine."""
RUN = Owner(owner())
ALL_BROKEN = [
    "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED",
    "DELETE_FAILED",
]  # fmt: skip


def _stack(cloud: Cloud, owner: Owner = DEPLOY) -> Stack:
    return Stack(cast(Any, cloud), cloud.name, owner=owner)


def _kept(status: str, url: str | None = None) -> Cloud:
    return Cloud(status=status, tags={TAG: KEPT}, url=url)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_what_never_came_to_be_is_removed_before_it_is_deployed_again(status: str) -> None:
    cloud = _kept(status)
    _stack(cloud).claim()
    assert cloud.asked == ["delete"]


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED"]
)
def test_what_can_be_updated_is_left_for_it(status: str) -> None:
    cloud = _kept(status)
    _stack(cloud).claim()
    assert cloud.asked == []


def test_a_failed_update_of_a_kept_stack_deletes_nothing_and_is_told_how_to_go_on() -> None:
    cloud = _kept("UPDATE_ROLLBACK_FAILED")
    with pytest.raises(DeployError, match="shop is UPDATE_ROLLBACK_FAILED; it is left") as caught:
        _stack(cloud).claim()
    continued = "aws cloudformation continue-update-rollback --stack-name shop --region eu-west-1"
    assert continued in caught.value.mend
    assert cloud.asked == []


@pytest.mark.parametrize(
    ("url", "destroy"),
    [
        (None, "stageproof destroy --target live --stack shop"),
        ("http://127.0.0.1:4566", "stageproof destroy --target localstack "
         "--endpoint http://127.0.0.1:4566 --stack shop"),
    ],
)  # fmt: skip
def test_a_kept_stack_whose_deletion_failed_is_for_its_owner_to_take_away(
    url: str | None, destroy: str
) -> None:
    cloud = _kept("DELETE_FAILED", url)
    with pytest.raises(DeployError, match="shop is DELETE_FAILED; it is left") as caught:
        _stack(cloud).claim()
    assert destroy in caught.value.mend
    assert cloud.asked == []


@pytest.mark.parametrize("status", ALL_BROKEN)
def test_of_a_runs_own_stack_whatever_is_broken_is_removed(status: str) -> None:
    cloud = Cloud(status=status, tags={TAG: RUN.mark})
    _stack(cloud, RUN).claim()
    assert cloud.asked == ["delete"]


def test_a_stack_says_for_whom_it_was_made() -> None:
    for made_for in (DEPLOY, RUN):
        cloud = Cloud()
        _stack(cloud, made_for).apply({}, {})
        assert cloud.tags == {TAG: made_for.mark}


def test_two_long_names_have_two_buckets_that_s3_takes() -> None:
    names = [f"an-application-of-thirty-1-chars-verify-lane1-{n}" for n in (1, 2)]
    first, second = (Stack(cast(Any, Cloud()), name).bucket for name in names)
    assert first != second
    assert max(len(first), len(second)) <= 63
    assert Stack(cast(Any, Cloud()), "shop").bucket == "shop-code-000000000000-eu-west-1"


@pytest.mark.parametrize("mark", [KEPT, "shop"])
def test_a_run_takes_no_stack_that_somebody_keeps_nor_one_of_the_old_mark(mark: str) -> None:
    cloud = Cloud(status="CREATE_COMPLETE", tags={TAG: mark}, url="http://127.0.0.1:4566")
    with pytest.raises(DeployError, match="a stack shop already, which somebody deployed to keep"):
        _stack(cloud, RUN).claim()
    assert cloud.asked == []
    _stack(cloud, DEPLOY).claim()


@pytest.mark.parametrize(
    ("mark", "whose"),
    [(LIVE, rf"goes on \(process {os.getppid()} of this machine\)"),
     (AWAY, r"on another machine \(process 7 of elsewhere\)")],
    ids=["here", "elsewhere"],
)  # fmt: skip
def test_a_run_takes_no_stack_of_one_that_goes_on_or_may_on_another_machine(
    mark: str, whose: str
) -> None:
    cloud = Cloud(status="UPDATE_ROLLBACK_FAILED", tags={TAG: mark}, url="http://127.0.0.1:4566")
    with pytest.raises(DeployError, match=whose) as caught:
        _stack(cloud, RUN).claim()
    destroy = "stageproof destroy --target localstack --endpoint http://127.0.0.1:4566 --stack shop"
    assert destroy in caught.value.mend
    assert cloud.asked == []


def test_what_a_run_that_is_gone_left_is_made_anew_so_that_it_is_ours_by_its_mark_too() -> None:
    cloud = Cloud(status="CREATE_COMPLETE", tags={TAG: GONE})
    stack = _stack(cloud, RUN)
    stack.claim()
    stack.apply({}, {})
    assert cloud.asked == ["delete", "create"]
    assert cloud.tags == {TAG: RUN.mark}


def test_a_runs_own_stack_is_updated() -> None:
    cloud = Cloud(status="CREATE_COMPLETE", tags={TAG: RUN.mark})
    stack = _stack(cloud, RUN)
    stack.claim()
    stack.apply({}, {})
    assert cloud.asked == ["update"]


def test_on_a_target_of_ones_own_a_stage_is_taken_over_from_whoever_lent_it() -> None:
    cloud = Cloud(status="CREATE_COMPLETE", tags={TAG: LIVE})
    stack = _stack(cloud, Owner(RUN.mark, alone=True))
    stack.claim()
    stack.apply({}, {})
    assert cloud.asked == ["update"]


@pytest.mark.parametrize("mark", [LIVE, GONE, AWAY], ids=["live", "gone", "away"])
def test_nothing_is_deployed_to_a_runs_stack(mark: str) -> None:
    cloud = Cloud(status="CREATE_COMPLETE", tags={TAG: mark})
    with pytest.raises(DeployError, match="which is nothing to deploy to") as caught:
        _stack(cloud, DEPLOY).claim()
    assert "--stack NAME" in caught.value.mend
    assert cloud.asked == []


def test_a_stack_that_another_made_while_code_was_uploaded_is_not_updated() -> None:
    cloud = Cloud()
    stack = _stack(cloud, RUN)
    stack.claim()
    cloud.status, cloud.tags = "CREATE_IN_PROGRESS", {TAG: AWAY}
    with pytest.raises(DeployError, match="on another machine"):
        stack.apply({}, {})
    assert cloud.asked == []

"""What becomes of a stack that a deploy finds: whose it is, and in which state."""

from typing import Any, cast

import pytest

from harness.deploy import DeployError
from harness.deploy.stack import Stack
from harness.deploy.whose import DEPLOY, KEPT, TAG, Owner
from tests.harness.deploy.clouds import Cloud

RUN = Owner("1/2@here")
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
    for owner in (DEPLOY, RUN):
        cloud = Cloud()
        _stack(cloud, owner).apply({}, {})
        assert cloud.tags == {TAG: owner.mark}


def test_two_long_names_have_two_buckets_that_s3_takes() -> None:
    names = [f"an-application-of-thirty-1-chars-verify-lane1-{n}" for n in (1, 2)]
    first, second = (Stack(cast(Any, Cloud()), name).bucket for name in names)
    assert first != second
    assert max(len(first), len(second)) <= 63
    assert Stack(cast(Any, Cloud()), "shop").bucket == "shop-code-000000000000-eu-west-1"

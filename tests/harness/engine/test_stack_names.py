"""What a run calls its stack."""

import re
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.engine.bringup import BringUp
from harness.engine.stack_names import stack_name

WORKERS = ("main", "gw0", "gw1", "lane1", "lane1.2", "lane2", "up", "load")


def test_where_several_stages_live_no_two_workers_share_a_stack() -> None:
    names = {stack_name("larder", worker, shared=True) for worker in WORKERS}
    assert len(names) == len(WORKERS)
    assert "larder" not in names  # it is what deploy leaves there
    assert {"larder-verify", "larder-verify-lane1-2"} <= names
    assert all(re.fullmatch("[a-z][a-z0-9-]*", name) for name in names)


def test_on_a_target_of_its_own_a_stack_is_called_as_the_application() -> None:
    assert {stack_name("larder", worker, shared=False) for worker in WORKERS} == {"larder"}


@pytest.mark.parametrize("disposable", [False, True])
@pytest.mark.parametrize("worker", ["gw1", "lane1.2"])
def test_a_stack_that_is_kept_is_shared_no_more_than_others(worker: str, disposable: bool) -> None:
    brought = BringUp(
        project=cast(Any, SimpleNamespace(config=SimpleNamespace(application="larder"))),
        run=cast(Any, SimpleNamespace(worker=worker)),
        target=cast(Any, SimpleNamespace(disposable=disposable, shared=True)),
        phases=cast(Any, None),
        held=ExitStack(),
    )
    assert brought._stack_name() == stack_name("larder", worker, shared=True)

"""A function's own PYTHONPATH is kept when another is injected."""

from pathlib import Path
from typing import Any

import pytest

from harness.deploy.template import Template, prepare
from harness.targets import Endpoint
from harness.targets.endpoint import Python

ENDPOINT = Endpoint("t", "http://x", "eu-west-1", {}, Python("3.11", ""), {}, Path())


@pytest.mark.parametrize(
    ("own", "gets"),
    [({"PYTHONPATH": "/opt/own"}, "/tie:/opt/own"), ({}, "/tie"), ({"PYTHONPATH": {}}, "/tie")],
)
def test_ours_comes_first_and_the_functions_own_stays(own: dict[str, Any], gets: str) -> None:
    function = {
        "Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": own}},
    }  # fmt: skip
    template = Template(Path("t.yaml"), {"Resources": {"F": function}})
    ready = prepare(template, ENDPOINT, {"PYTHONPATH": "/tie"})
    assert ready.resources["F"]["Properties"]["Environment"]["Variables"]["PYTHONPATH"] == gets

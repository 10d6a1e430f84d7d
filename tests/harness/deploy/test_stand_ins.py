from pathlib import Path
from typing import Any

import pytest

from harness.deploy import DeployError
from harness.deploy.stand_ins import stand_in
from harness.deploy.template import Template, missed, prepare
from harness.model import Capability, Measured
from harness.targets import Endpoint, Python

VALUES = {"Api": {"": "arn:api", "Arn": "arn:api", "GraphQLUrl": "http://127.0.0.1:7/graphql"}}
PATH = Path("t.yaml")

API = {"Type": "AWS::AppSync::GraphQLApi"}


def replaced(node: Any) -> Any:
    body = {"Resources": {"Fn": {"Properties": node}}}
    stand_in(body, VALUES, PATH)
    return body["Resources"]["Fn"]["Properties"]


def endpoint(*can: Capability) -> Endpoint:
    return Endpoint(
        target="embedded", url="http://127.0.0.1:1", region="eu-west-1", credentials={},
        python=Python("3.11", ""), log=Path("log"),
        capabilities={c: Measured(c, c in can, "tried") for c in Capability},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({"Fn::GetAtt": ["Api", "GraphQLUrl"]}, "http://127.0.0.1:7/graphql"),
        ({"Fn::GetAtt": "Api.GraphQLUrl"}, "http://127.0.0.1:7/graphql"),
        ({"Ref": "Api"}, "arn:api"),
        ({"Fn::Sub": "${Api.Arn}/types/*"}, {"Fn::Sub": "arn:api/types/*"}),
        ({"Fn::Sub": "${Other.Arn}/${Api}"}, {"Fn::Sub": "${Other.Arn}/arn:api"}),
        ({"Fn::Sub": "${!Api}"}, {"Fn::Sub": "${!Api}"}),
        (
            {"Fn::Sub": ["${Api}/${Url}", {"Url": {"Fn::GetAtt": ["Api", "GraphQLUrl"]}}]},
            {"Fn::Sub": ["arn:api/${Url}", {"Url": "http://127.0.0.1:7/graphql"}]},
        ),
        ({"Fn::Sub": ["${Api}", {"Api": "mine"}]}, {"Fn::Sub": ["${Api}", {"Api": "mine"}]}),
        ({"Ref": "Other"}, {"Ref": "Other"}),
        ([{"a": {"Ref": "Api"}}], [{"a": "arn:api"}]),
    ],
)
def test_what_is_said_of_the_pruned_is_said_of_what_stands_in(said: Any, stands: Any) -> None:
    assert replaced(said) == stands


def test_an_attribute_that_nothing_stands_in_for_is_named() -> None:
    with pytest.raises(DeployError, match=r"Fn needs Api\.XRay") as caught:
        replaced({"Fn::GetAtt": ["Api", "XRay"]})
    assert "Arn, GraphQLUrl" in caught.value.mend


def test_outputs_and_globals_get_the_values_too_and_each_place_is_told() -> None:
    url = {"Fn::GetAtt": ["Api", "GraphQLUrl"]}
    body = {
        "Resources": {"Fn": {}},
        "Outputs": {"GraphQLUrl": {"Value": url}},
        "Globals": {"Function": {"Environment": {"Variables": {"URL": url}}}},
    }
    assert stand_in(body, VALUES, PATH) == (
        "output GraphQLUrl: Api.GraphQLUrl = http://127.0.0.1:7/graphql",
        "Globals: Api.GraphQLUrl = http://127.0.0.1:7/graphql",
    )
    assert body["Outputs"] == {"GraphQLUrl": {"Value": "http://127.0.0.1:7/graphql"}}


def test_an_output_of_what_is_stood_in_for_stays() -> None:
    body = {
        "Resources": {"Api": API, "Fn": {"Type": "AWS::Lambda::Function", "DependsOn": "Api"}},
        "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Api", "GraphQLUrl"]}}},
    }
    ready = prepare(Template(PATH, body), endpoint(), {}, VALUES)
    assert set(ready.resources) == {"Fn"}
    assert ready.resources["Fn"] == {"Type": "AWS::Lambda::Function"}
    assert ready.body["Outputs"]["Url"] == {"Value": "http://127.0.0.1:7/graphql"}
    assert ready.pruned == ("Api (AWS::AppSync::GraphQLApi): the target lacks appsync",)
    assert ready.stood_in == ("output Url: Api.GraphQLUrl = http://127.0.0.1:7/graphql",)


@pytest.mark.parametrize(
    ("rest", "needed"),
    [
        ({}, set()),
        ({"Fn": {"Type": "X", "Properties": {"Url": {"Ref": "Api"}}}}, {"Api"}),
    ],
)
def test_what_the_deployed_rest_cannot_do_without_is_known(rest: Any, needed: set[str]) -> None:
    outputs = {"Url": {"Value": {"Ref": "Api"}}}
    template = Template(PATH, {"Resources": {"Api": API, **rest}, "Outputs": outputs})
    assert missed(template, endpoint()) == needed
    assert missed(template, endpoint(Capability.APPSYNC)) == set()

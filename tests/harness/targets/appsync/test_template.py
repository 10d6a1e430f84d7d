"""What the front reads of a template, and what it refuses by name."""

from dataclasses import replace
from typing import Any

import pytest

from harness.model import Stage
from harness.sdl import Mode
from harness.targets.appsync import AppSyncError
from harness.targets.appsync.api import Api
from harness.targets.appsync.template import outputs_of, read_api
from tests.harness.targets.appsync.calls import ISSUER, stage

NOW = 1_000_000.0


def read(made: Stage, **settings: Any) -> Api:
    return read_api(made, load=settings.pop("load", str), now=NOW, **settings)


def test_modes_come_with_their_settings() -> None:
    api = read(stage())
    assert api.default is Mode.API_KEY
    assert api.modes == set(Mode)
    assert api.authorizer is not None
    assert (api.authorizer.function, api.authorizer.ttl) == ("notes-AuthorizerFunction", 300)
    assert [x.issuer for x in api.issuers] == [ISSUER]


def test_a_key_is_what_the_stack_says_and_expires_in_a_week() -> None:
    [key] = read(stage()).keys
    assert (key.name, key.value, key.expires) == ("Key", "da2-good", NOW + 7 * 24 * 3600)


def test_a_key_without_an_output_is_the_same_each_time() -> None:
    made = replace(stage(), outputs={})
    assert read(made).keys == read(made).keys
    assert read(made).keys[0].value.startswith("da2-")


def test_resolvers_know_their_functions_by_deployed_names() -> None:
    api = read(stage())
    write = api.resolvers["Mutation", "write"]
    assert [step.function for step in write.steps] == ["notes-AuditFunction", "notes-NotesFunction"]
    assert api.resolvers["Note", "related"].steps[0].batch == 2


def test_a_schema_in_a_bucket_is_fetched() -> None:
    made = stage(Schema={"DefinitionS3Location": "s3://bucket/schema.graphql"})
    del made.template["Resources"]["Schema"]["Properties"]["Definition"]  # type: ignore[index]
    assert read(made, load=lambda where: f"# {where}").sdl == "# s3://bucket/schema.graphql"


def test_a_schema_that_was_not_packaged_is_refused() -> None:
    made = stage(Schema={"DefinitionS3Location": "../schema.graphql"})
    del made.template["Resources"]["Schema"]["Properties"]["Definition"]  # type: ignore[index]
    with pytest.raises(AppSyncError, match=r"its schema at '\.\./schema\.graphql'"):
        read(made)


def test_limits_are_the_templates() -> None:
    api = read(stage(Api={"QueryDepthLimit": 4, "IntrospectionConfig": "DISABLED"}))
    assert (api.limits.depth, api.limits.resolvers, api.introspection) == (4, 10_000, False)


def test_conditions_decide_which_resources_there_are() -> None:
    made = stage()
    template: Any = made.template
    template["Conditions"] = {"Never": {"Fn::Equals": [{"Ref": "Issuer"}, "nobody"]}}
    template["Resources"]["Key"]["Condition"] = "Never"
    assert read(made).keys == ()


def test_outputs_that_name_the_address_are_known() -> None:
    assert outputs_of(stage(), "Api", "GraphQLUrl") == ["GraphQL"]


def test_of_several_apis_one_has_to_be_named() -> None:
    second = {"Type_": "AWS::AppSync::GraphQLApi", "AuthenticationType": "API_KEY"}
    with pytest.raises(AppSyncError, match=r"2 resources.*\n.*Api, Second"):
        read(stage(Second=second))
    assert read(stage(Second=dict(second)), logical="Api").logical == "Api"


CODE = "export function request(ctx) { return { payload: ctx.args.id.toUpperCase() } }"
REFUSED = [
    ({"Api": {"AuthenticationType": "AMAZON_COGNITO_USER_POOLS"}}, "AMAZON_COGNITO_USER_POOLS"),
    ({"Api": {"ApiType": "MERGED"}}, "MERGED"),
    ({"Nothing": {"Type": "AMAZON_DYNAMODB"}}, "Nothing.*AMAZON_DYNAMODB"),
    ({"NoteResolver": {"Code": CODE, "Runtime": {}}}, "NoteResolver.*APPSYNC_JS"),
    ({"NoteResolver": {"RequestMappingTemplate": "#set($x=1)"}}, "NoteResolver.*VTL"),
    ({"NoteResolver": {"CodeS3Location": "s3://b/k"}}, "NoteResolver.*bucket"),
    ({"CheckFirst": {"Code": CODE}}, "CheckFirst.*APPSYNC_JS"),
    ({"NoteResolver": {"SyncConfig": {"ConflictDetection": "VERSION"}}}, "conflict"),
    ({"NoteResolver": {"DataSourceName": "elsewhere"}}, "NoteResolver.*'elsewhere'"),
    ({"NoteResolver": {"DataSourceName": "nothing"}}, "NoteResolver.*mapping for the NONE"),
    ({"WriteResolver": {"PipelineConfig": {"Functions": []}}}, "WriteResolver.*0 functions"),
    ({"Notes": {"LambdaConfig": {"LambdaFunctionArn": "x"}}}, "Notes: 'x' is no function"),
    ({"Graph": {"Type_": "AWS::Serverless::GraphQLApi"}}, "AWS::Serverless::GraphQLApi"),
    ({"Api": {"Name": {"Fn::ImportValue": "x"}}}, "Fn::ImportValue"),
]


@pytest.mark.parametrize(("changes", "named"), REFUSED, ids=[named for _, named in REFUSED])
def test_what_no_local_target_has_is_refused_by_name(changes: Any, named: str) -> None:
    with pytest.raises(AppSyncError, match=f"(?s){named}"):
        read(stage(**{name: dict(properties) for name, properties in changes.items()}))

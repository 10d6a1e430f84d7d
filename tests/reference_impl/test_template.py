"""What the template promises of every resource of a kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from larder.domain.order import Step

from tests.reference_impl.stack import TEMPLATE, functions, template


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by their names."""
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


@pytest.mark.parametrize("name", of_type("AWS::DynamoDB::Table"))
def test_a_table_is_on_demand_restorable_encrypted_and_outlives_its_stack(name: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert template()["Resources"][name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", of_type("AWS::SQS::Queue"))
def test_a_queue_is_encrypted(name: str) -> None:
    assert of_type("AWS::SQS::Queue")[name]["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("step", ["Parse", "Match", "Pay", "Fulfil"])
def test_a_work_queue_has_a_dead_letter_queue_that_keeps_for_14_days(step: str) -> None:
    queues = of_type("AWS::SQS::Queue")
    target = queues[f"{step}Queue"]["RedrivePolicy"]["deadLetterTargetArn"]
    assert target == {"Fn::GetAtt": f"{step}Dlq.Arn"}
    assert queues[f"{step}Dlq"]["MessageRetentionPeriod"] == 14 * 86_400


def test_every_function_and_the_graphql_api_keep_their_logs_for_30_days() -> None:
    kept = {
        group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"]
        for group in of_type("AWS::Logs::LogGroup").values()
    }
    wanted = {f"/aws/lambda/${{{name}}}": 30 for name in of_type("AWS::Serverless::Function")}
    assert kept == {**wanted, "/aws/appsync/apis/${GraphApi.ApiId}": 30}


def events(kind: str) -> list[dict[str, Any]]:
    return [
        event["Properties"]
        for function in functions().values()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


def test_only_the_webhook_and_the_health_check_need_no_token() -> None:
    open_ = {e["Path"] for e in events("Api") if e.get("Auth") == {"Authorizer": "NONE"}}
    assert open_ == {"/v1/webhooks/paystack", "/v1/health"}


def test_every_queue_is_served_in_partial_batches() -> None:
    assert len(events("SQS")) == 8
    for event in events("SQS"):
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_what_a_stream_function_cannot_handle_is_not_lost() -> None:
    assert len(events("DynamoDB")) == 2
    for event in events("DynamoDB"):
        assert event["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


def test_no_function_may_do_everything() -> None:
    for module, function in functions().items():
        for policy in function["Policies"]:
            for statement in policy["Statement"]:
                assert not any("*" in action for action in statement["Action"]), module
                assert statement["Resource"] != "*", module


def test_every_function_is_an_output() -> None:
    for name in of_type("AWS::Serverless::Function"):
        assert template()["Outputs"][name] == {"Value": {"Ref": name}}


def test_a_stream_function_is_woken_only_by_what_it_can_act_on() -> None:
    wanted = {}
    for module in ("start_next_step", "event_handler"):
        (event,) = functions()[module]["Events"].values()
        (only,) = event["Properties"]["FilterCriteria"]["Filters"]
        wanted[module] = json.loads(only["Pattern"])["dynamodb"]["NewImage"]
    begun = {Step.PARSE, Step.MATCH, Step.PAY, Step.REFUND, Step.FULFIL}  # settling waits
    assert set(wanted["start_next_step"]["step"]["S"]) == begun
    assert wanted["event_handler"] == {"telling": {"S": ["due"]}}


# GraphQL

FIELDS = {
    ("Query", "order"): "GetOrdersFunction",
    ("Query", "orders"): "GetOrdersFunction",
    ("Query", "products"): "GetProductsFunction",
    ("Mutation", "submitGroceryList"): "SubmitGroceryListFunction",
    ("Mutation", "requestPaymentLink"): "RequestPaymentLinkFunction",
    ("Subscription", "onOrderUpdated"): "SubscribeToOrdersFunction",
    ("Mutation", "publishOrderUpdate"): None,
}


def attribute(value: dict[str, str]) -> str:
    """The logical id in ``!GetAtt Id.Attribute``."""
    return value["Fn::GetAtt"].partition(".")[0]


def source_of(resolver: dict[str, Any]) -> dict[str, Any]:
    return of_type("AWS::AppSync::DataSource")[attribute(resolver["DataSourceName"])]


def test_every_field_of_a_root_type_is_resolved_by_the_function_of_its_use_case() -> None:
    resolved = {}
    for resolver in of_type("AWS::AppSync::Resolver").values():
        source = source_of(resolver)
        function = source.get("LambdaConfig", {}).get("LambdaFunctionArn")
        where = (resolver["TypeName"], resolver["FieldName"])
        resolved[where] = attribute(function) if function else None
    assert resolved == FIELDS


def test_a_function_that_resolves_a_field_types_its_errors() -> None:
    for resolver in of_type("AWS::AppSync::Resolver").values():
        opens = resolver["Code"] == {"Fn::FindInMap": ["Resolver", "Code", "OpensAnswer"]}
        assert opens is (source_of(resolver)["Type"] == "AWS_LAMBDA")


def test_the_graphql_api_lets_in_whom_the_authorizer_lets_in_and_larders_own_roles() -> None:
    (api,) = of_type("AWS::AppSync::GraphQLApi").values()
    assert api["AuthenticationType"] == "AWS_LAMBDA"
    assert attribute(api["LambdaAuthorizerConfig"]["AuthorizerUri"]) == "AuthorizerFunction"
    assert api["AdditionalAuthenticationProviders"] == [{"AuthenticationType": "AWS_IAM"}]


def test_the_graphql_api_is_closed_bounded_logged_and_traced() -> None:
    (api,) = of_type("AWS::AppSync::GraphQLApi").values()
    assert api["IntrospectionConfig"] == "DISABLED"
    assert 0 < api["QueryDepthLimit"] < 10
    assert 0 < api["ResolverCountLimit"] < 100
    assert api["LogConfig"]["ExcludeVerboseContent"] is True
    assert api["XrayEnabled"] is True


def test_the_graphql_schema_is_the_contract() -> None:
    (schema,) = of_type("AWS::AppSync::GraphQLSchema").values()
    assert (TEMPLATE.parent / schema["DefinitionS3Location"]).resolve() == (
        TEMPLATE.parents[1] / "contracts" / "schema.graphql"
    )


def test_the_graphql_api_may_call_what_resolves_its_fields_and_nothing_else() -> None:
    (statement,) = of_type("AWS::IAM::Role")["GraphRole"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    assert {attribute(arn) for arn in statement["Resource"]} == set(filter(None, FIELDS.values()))

"""What API Gateway does before a function is asked."""

import time

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench

_ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793"


@asks(Capability.REST_AUTHORIZERS, "a TOKEN authorizer decides about each request; refused: 401")
def authorizers(bench: Bench) -> Answer:
    """A token it lets in, one it refuses."""
    fine, bad = (bench.get("/guarded", Authorization=token).status for token in ("ok", "bad"))
    return (fine, bad) == (200, 401), (
        "a REST API's TOKEN authorizer that lets in one token and refuses another: "
        f"{fine} and {bad}"
    )


@asks(Capability.GATEWAY_RESPONSES, "the template's own status, headers and body")
def gateway_responses(bench: Bench) -> Answer:
    """The template's own 401 and 404."""
    refused, nowhere = bench.get("/guarded", Authorization="bad"), bench.get("/nowhere")
    ours = refused.kind == "application/problem+json"
    told = []
    for answer, status, kind in ((refused, 401, "urn:ours"), (nowhere, 404, "urn:nothing")):
        fits = isinstance(answer.body, dict) and answer.body.get("type") == kind
        ours = ours and fits and answer.status == status
        told.append(f"{answer.status} ({'the template' if fits else 'not the template'}'s)")
    return ours, (
        "a refused token and a path that isn't there, each with a response in the template: "
        + " and ".join(told)
    )


@asks(Capability.ANY_BODY, "the body is handed on, whatever its content type says")
def any_body(bench: Bench) -> Answer:
    """A content type that promises parts, without saying what divides them."""
    status = bench.get("/open", b"no parts", Content_Type="multipart/form-data").status
    return status == 200, (
        f"a body sent as multipart/form-data without a boundary: {status} from the gateway"
        if status != 200
        else "a body sent as multipart/form-data without a boundary reached the function"
    )


@asks(Capability.REQUEST_VALIDATION, "a body that doesn't fit its model is answered 400")
def request_validation(bench: Bench) -> Answer:
    """A body that fits and one that doesn't."""
    fits, not_fits = (bench.get("/valid", body).status for body in (b'{"name": "x"}', b"{}"))
    return (fits, not_fits) == (200, 400), (
        "a SAM event with RequestModel and ValidateBody, a body with its required field and one "
        f"without: {fits} and {not_fits}"
    )


def _key(bench: Bench, what: str, **plan: object) -> str:
    gateway = bench.client("apigateway")
    key = gateway.create_api_key(name=bench.name(what), enabled=True)
    stages = [{"apiId": bench.out("ApiId"), "stage": "live"}]
    made = gateway.create_usage_plan(name=bench.name(what), apiStages=stages, **plan)
    gateway.create_usage_plan_key(usagePlanId=made["id"], keyId=key["id"], keyType="API_KEY")
    return str(key["value"])


@asks(Capability.API_KEYS, "a method that requires a key answers 403 without one")
def api_keys(bench: Bench) -> Answer:
    """Without a key, with one of a usage plan."""
    key = _key(bench, "key")
    without, with_one = bench.get("/keyed").status, bench.get("/keyed", x_api_key=key).status
    return (without, with_one) == (403, 200), (
        f"a method with ApiKeyRequired, without a key and with one: {without} and {with_one}"
    )


@asks(Capability.THROTTLES, "beyond a usage plan's rate and burst: 429")
def throttles(bench: Bench) -> Answer:
    """Ten requests at once under a plan of one a second."""
    key = _key(bench, "throttled", throttle={"rateLimit": 1.0, "burstLimit": 1})
    statuses = [bench.get("/keyed", x_api_key=key).status for _ in range(10)]
    return 429 in statuses, (
        "ten requests in a row under a usage plan of rate 1 and burst 1: "
        f"{statuses.count(200)} answered 200, {statuses.count(429)} answered 429"
    )


@asks(Capability.TRACES, "the request's trace id reaches the function")
def traces(bench: Bench) -> Answer:
    """A trace id of ours."""
    body = bench.get("/open", X_Amzn_Trace_Id=_ROOT).body
    told = str(body.get("trace", "")) if isinstance(body, dict) else ""
    return told.startswith(_ROOT), (
        f"a request with a trace id to a traced function, which saw "
        f"{'the same' if told.startswith(_ROOT) else 'another' if told else 'none'}"
    )


@asks(Capability.WAF, "a web ACL that blocks everything: 403")
def waf(bench: Bench) -> Answer:
    """A web ACL that blocks everything, associated with the API's stage."""
    client = bench.client("wafv2")
    visible = {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": False,
        "MetricName": "probe",
    }
    made = client.create_web_acl(
        Name=bench.name("acl"), Scope="REGIONAL", DefaultAction={"Block": {}}, Rules=[],
        VisibilityConfig=visible,
    )["Summary"]  # fmt: skip
    region, api = bench.stage.region, bench.out("ApiId")
    stage = f"arn:aws:apigateway:{region}::/restapis/{api}/stages/live"
    client.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=stage)
    start = time.monotonic()
    try:
        status = bench.get("/open").status
    finally:
        client.disassociate_web_acl(ResourceArn=stage)
    return status == 403, (
        f"a web ACL that blocks everything, associated with the stage: a request "
        f"{time.monotonic() - start:.1f} s later was answered {status}"
    )

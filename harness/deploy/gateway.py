"""Gateway responses that a target lost on import, put back through the API.

SAM hands them over inside the REST API's OpenAPI document. One emulator honours gateway responses
but doesn't read that part of the document, so its 401s and 404s would not be the application's.
Elsewhere this finds nothing to do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.deploy.template import Template
from harness.targets import Aws

_PLACES = {"Headers": "header", "QueryStrings": "querystring", "Paths": "path"}


def restore_gateway_responses(
    aws: Aws, template: Template, resources: Mapping[str, tuple[str, str]]
) -> tuple[str, ...]:
    """Put back what each ``AWS::Serverless::Api`` declares and its API doesn't have.

    ``resources`` are the stack's: logical id → (type, physical id). Gives what was put back.
    """
    told: list[str] = []
    for name, resource in template.of_type("AWS::Serverless::Api").items():
        kind, api = resources.get(name, ("", ""))
        declared = dict(_declared(resource))
        if kind == "AWS::ApiGateway::RestApi" and declared:
            told += [f"{name}: {x}" for x in _restore(aws, api, declared)]
    return tuple(told)


def _restore(aws: Aws, api: str, declared: Mapping[str, dict[str, Any]]) -> list[str]:
    gateway = aws.client("apigateway")
    found = gateway.get_gateway_responses(restApiId=api, limit=500)["items"]
    known = {item["responseType"] for item in found if not item.get("defaultResponse")}
    lost = [kind for kind in declared if kind not in known]
    for kind in lost:
        gateway.put_gateway_response(restApiId=api, responseType=kind, **declared[kind])
    if lost:
        # A stage shows the responses that its deployment was made with.
        for stage in gateway.get_stages(restApiId=api)["item"]:
            gateway.create_deployment(restApiId=api, stageName=stage["stageName"])
    return lost


def _declared(resource: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Response type → arguments of PutGatewayResponse; those with intrinsics are left out."""
    responses = resource.get("Properties", {}).get("GatewayResponses") or {}
    for kind, response in responses.items():
        arguments: dict[str, Any] = {
            "responseTemplates": dict(response.get("ResponseTemplates") or {}),
            "responseParameters": {
                f"gatewayresponse.{place}.{name}": value
                for section, place in _PLACES.items()
                for name, value in (
                    (response.get("ResponseParameters") or {}).get(section) or {}
                ).items()
            },
        }
        if "StatusCode" in response:
            arguments["statusCode"] = str(response["StatusCode"])
        texts = [
            *arguments["responseTemplates"].values(),
            *arguments["responseParameters"].values(),
        ]
        if all(isinstance(text, str) for text in texts):
            yield kind, arguments

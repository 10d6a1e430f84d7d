"""The gateways' first look at a token, REST's and GraphQL's. The functions verify it again by
themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.errors import Unavailable
from larder.services.ports import AuditEntry
from larder.services.tokens import BadToken, Identity, as_bearer

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


def build(parts: Parts) -> Handler:
    """The function, with its parts."""

    def authorize(event: Event, context: Any) -> dict[str, Any]:
        is_graphql = "requestContext" in event  # only AppSync tells of the operation
        token = event.get("authorizationToken")
        customer = _customer(parts, as_bearer(token) if is_graphql else token)
        if customer is None:
            target = "graphql" if is_graphql else _path(event)
            _note(parts, target, context.aws_request_id)
        return _graphql(parts, customer) if is_graphql else _policy(event, customer)

    return authorize


def _customer(parts: Parts, authorization: str | None) -> Identity | None:
    try:
        customer = parts.tokens.identity(authorization)
    except BadToken as refusal:
        parts.logger.warning("token refused", reason=str(refusal))
        return None
    parts.logger.info("token accepted")
    return customer


def _graphql(parts: Parts, customer: Identity | None) -> dict[str, Any]:
    """https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html

    A refusal isn't remembered: a token that isn't valid yet soon is.
    """
    if customer is None:
        return {"isAuthorized": False, "ttlOverride": 0}
    told = {"sub": customer.user_id, "tier": customer.tier, "scope": customer.scope}
    return {"isAuthorized": True, "resolverContext": told, "ttlOverride": parts.authorizer_ttl}


def _policy(event: Event, customer: Identity | None) -> dict[str, Any]:
    """For the whole stage, since the gateway remembers it for other paths, too.

    A refusal is a policy that denies (the template answers it with 401), not an exception: that
    would count as an error of this function, and alarm people whenever a token expires.
    """
    api, stage = str(event["methodArn"]).split("/")[:2]
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if customer else "Deny",
        "Resource": f"{api}/{stage}/*",
    }
    policy = {
        "principalId": customer.user_id if customer else "nobody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    return {**policy, "context": {"tier": customer.tier}} if customer else policy


def _path(event: Event) -> str:
    return "/".join(str(event["methodArn"]).split("/")[2:])


def _note(parts: Parts, target: str, request_id: str) -> None:
    entry = AuditEntry(
        audit_id=f"{request_id}#access",
        at=parts.clock.now(),
        who="unknown",
        what="access",
        target=target,
        result="refused",
    )
    try:
        parts.audit.record(entry)
    except Unavailable as error:
        parts.logger.error("audit entry lost", reason=str(error))


handler = lambda_handler(build)

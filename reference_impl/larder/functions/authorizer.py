"""The gateway's first look at a token. The functions verify it again by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.adapters.tokens import BadToken, Identity
from larder.bootstrap import Parts, lambda_handler
from larder.services.errors import Unavailable
from larder.services.ports import AuditEntry

Handler = Any


class Unauthorized(Exception):
    """API Gateway answers 401 to an authorizer that raises with exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def build(parts: Parts) -> Handler:
    """The function, with its parts."""

    def authorize(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        try:
            customer = parts.tokens.identity(event.get("authorizationToken"))
        except BadToken as refusal:
            parts.logger.warning("token refused", reason=str(refusal))
            _note(parts, event, context.aws_request_id)
            raise Unauthorized from refusal
        parts.logger.info("token accepted")
        return _policy(customer, str(event["methodArn"]))

    return authorize


def _policy(customer: Identity, method_arn: str) -> dict[str, Any]:
    """Leave for the whole stage, since the gateway remembers it for other paths, too."""
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": customer.user_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
        "context": {"tier": customer.tier},
    }


def _note(parts: Parts, event: Mapping[str, Any], request_id: str) -> None:
    entry = AuditEntry(
        audit_id=f"{request_id}#access",
        at=parts.clock.now(),
        who="unknown",
        what="access",
        target="/".join(str(event["methodArn"]).split("/")[2:]),
        result="refused",
    )
    try:
        parts.audit.record(entry)
    except Unavailable as error:
        parts.logger.error("audit entry lost", reason=str(error))


handler = lambda_handler(build)

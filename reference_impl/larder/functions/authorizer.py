"""The gateway's first look at a token. The functions verify it again by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.services.errors import Unavailable
from larder.services.ports import AuditEntry
from larder.services.tokens import BadToken

Handler = Any


def build(parts: Parts) -> Handler:
    """The function, with its parts."""

    def authorize(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        try:
            customer = parts.tokens.identity(event.get("authorizationToken"))
        except BadToken as refusal:
            parts.logger.warning("token refused", reason=str(refusal))
            _note(parts, event, context.aws_request_id)
            return _policy("Deny", "nobody", str(event["methodArn"]))
        parts.logger.info("token accepted")
        allowed = _policy("Allow", customer.user_id, str(event["methodArn"]))
        return {**allowed, "context": {"tier": customer.tier}}

    return authorize


def _policy(effect: str, principal: str, method_arn: str) -> dict[str, Any]:
    """For the whole stage, since the gateway remembers it for other paths, too.

    A refusal is a policy that denies (the template answers it with 401), not an exception: that
    would count as an error of this function, and alarm people whenever a token expires.
    """
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
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

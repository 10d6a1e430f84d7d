"""Requests signed by an AWS identity (Signature Version 4).

The signature is computed again with botocore and compared. Policies are not evaluated: whoever
signs with the stage's own keys may do everything that a field's modes allow.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys

from harness.sdl import Mode
from harness.targets.appsync.api import Api
from harness.targets.appsync.caller import Caller, Credentials
from harness.targets.appsync.errors import Refused

ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = 300
"""Seconds that a signature is good for, both ways."""
_HEADER = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<key>[^/,]+)/(?P<date>\d{{8}})/(?P<region>[^/]+)/(?P<service>[^/]+)"
    r"/aws4_request,\s*SignedHeaders=(?P<signed>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


class Iam:
    """Checks signatures for one API."""

    def __init__(self, api: Api, secrets: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._api = api
        self._secrets = secrets
        self._clock = clock

    def admit(self, credentials: Credentials) -> Caller:
        """Whoever signed this request.

        Raises:
            Refused: unknown key, wrong signature, or one made for another time or service.
        """
        found = _HEADER.fullmatch(credentials.headers.get("authorization", "").strip())
        if found is None:
            raise Refused(403, "IncompleteSignatureException", "The signature is not complete.")
        secret = self._secrets.get(found["key"])
        if secret is None:
            raise Refused(
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            )
        self._check_scope(found, credentials)
        expected = _signature(found, secret, credentials)
        if not hmac.compare_digest(expected, found["signature"]):
            raise _wrong(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method."
            )
        return self._caller(found["key"], credentials)

    def _check_scope(self, found: re.Match[str], credentials: Credentials) -> None:
        if found["service"] != "appsync" or found["region"] != self._api.region:
            raise _wrong(f"Credential should be scoped to {self._api.region} and appsync.")
        signed = found["signed"].split(";")
        if "host" not in signed or "x-amz-date" not in signed:
            raise _wrong("'Host' and 'X-Amz-Date' must be signed.")
        stamp = credentials.headers.get("x-amz-date", "")
        try:
            at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise _wrong("Date must be in ISO-8601 'basic format'.") from None
        if abs(self._clock() - at) > _SKEW or not stamp.startswith(found["date"]):
            raise _wrong(f"Signature expired: {stamp} is too far from now.")
        claimed = credentials.headers.get("x-amz-content-sha256")
        if claimed is not None and claimed != hashlib.sha256(credentials.body).hexdigest():
            raise _wrong("The body is not the one that was signed.")

    def _caller(self, key: str, credentials: Credentials) -> Caller:
        account = self._api.account
        return Caller(
            Mode.IAM,
            {
                "accountId": account,
                "cognitoIdentityPoolId": None,
                "cognitoIdentityId": None,
                "cognitoIdentityAuthType": None,
                "cognitoIdentityAuthProvider": None,
                "sourceIp": [credentials.source_ip],
                "username": key,
                "userArn": f"arn:aws:iam::{account}:user/{key}",
            },
        )


def _signature(found: re.Match[str], secret: str, credentials: Credentials) -> str:
    headers = {n: credentials.headers.get(n, "") for n in found["signed"].split(";")}
    request = AWSRequest(
        "POST",
        f"https://appsync{credentials.path}",
        headers=headers,
        data=credentials.body,
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Keys(found["key"], secret), found["service"], found["region"])
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(text, request))


def _wrong(message: str) -> Refused:
    return Refused(403, "InvalidSignatureException", message)

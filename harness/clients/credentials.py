"""How an identity shows AppSync who it is.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.model import Identity

_JSON = {"accept": "application/json, text/javascript", "content-type": "application/json"}


def credentials_for(
    identity: Identity | None, url: str, body: bytes, *, region: str
) -> dict[str, str]:
    """The headers that say who asks ``url`` for ``body``: a key, a token, or a signature of it."""
    if identity is None:
        return {}
    if identity.aws is not None:
        return _signed(identity.aws, url, body, region)
    headers = {}
    if identity.api_key is not None:
        headers["x-api-key"] = identity.api_key
    if identity.token is not None:
        # As such: with several modes AppSync takes no scheme before it.
        headers["Authorization"] = identity.token
    return headers


def host_of(url: str) -> str:
    """The host that credentials are for."""
    return urlsplit(url).netloc


def _signed(keys: Mapping[str, str], url: str, body: bytes, region: str) -> dict[str, str]:
    """Signature Version 4 over what AppSync's clients sign."""
    credentials = Credentials(
        keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token")
    )
    request = AWSRequest("POST", url, dict(_JSON), body)
    SigV4Auth(credentials, "appsync", region).add_auth(request)
    return dict(request.headers.items())

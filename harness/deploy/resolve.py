"""From a deployed stack to the Stage: by its outputs, never by guessed names."""

import difflib
import re
from collections.abc import Mapping

from harness.deploy.errors import DeployError
from harness.targets import Endpoint

_EXECUTE_API = re.compile(
    r"^https?://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[\w$-]+)(?P<rest>/.*)?$"
)


def base_url(endpoint: Endpoint, outputs: Mapping[str, str], name: str) -> str:
    """Where the REST API answers, without a trailing slash; empty when no output is named.

    On an emulator AWS's own address means nothing: the gateway answers under its endpoint.

    Raises:
        DeployError: there is no such output, or it is no URL.
    """
    if not name:
        return ""
    url = _url(outputs, name, key="base_url", what="the REST API's URL")
    if endpoint.url and (match := _EXECUTE_API.match(url)):
        rest = (match["rest"] or "").rstrip("/")
        return f"{endpoint.url}/_aws/execute-api/{match['api']}/{match['stage']}{rest}"
    return url.rstrip("/")


def graphql_url(outputs: Mapping[str, str], name: str) -> str:
    """Where queries and mutations are posted; empty when no output is named.

    Raises:
        DeployError: there is no such output, or it is no URL.
    """
    return _url(outputs, name, key="graphql_url", what="the GraphQL API's URL") if name else ""


def _url(outputs: Mapping[str, str], name: str, *, key: str, what: str) -> str:
    if name not in outputs:
        near = difflib.get_close_matches(name, outputs, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise DeployError(
            f"the stack has no output {name!r}{hint}",
            f"[contracts] {key} names the output with {what}.",
        )
    url = outputs[name]
    if not url.startswith(("http://", "https://")):
        raise DeployError(
            f"the output {name!r} is {url!r}, not a URL",
            f"Let [contracts] {key} name the output with {what}.",
        )
    return url

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
    if name not in outputs:
        near = difflib.get_close_matches(name, outputs, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise DeployError(
            f"the stack has no output {name!r}{hint}",
            "[contracts] base_url names the output with the REST API's URL.",
        )
    url = outputs[name]
    if match := _EXECUTE_API.match(url):
        rest = (match["rest"] or "").rstrip("/")
        return f"{endpoint.url}/_aws/execute-api/{match['api']}/{match['stage']}{rest}"
    if not url.startswith(("http://", "https://")):
        raise DeployError(
            f"the output {name!r} is {url!r}, not a URL",
            "Let [contracts] base_url name the output with the REST API's URL.",
        )
    return url.rstrip("/")

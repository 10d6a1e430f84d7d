"""API keys, which expire."""

import hmac
from collections.abc import Iterable

from harness.sdl import Mode
from harness.targets.appsync.api import Key
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.errors import unauthorized


def by_api_key(given: str, keys: Iterable[Key], *, now: float) -> Caller:
    """Somebody with a key that is still good.

    Raises:
        Refused: no such key, or it has expired.
    """
    for key in keys:
        if hmac.compare_digest(key.value.encode(), given.encode()) and key.expires > now:
            return Caller(Mode.API_KEY)
    raise unauthorized()

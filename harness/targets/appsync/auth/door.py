"""Chooses the mode that a caller's credentials are of, and asks it."""

from collections.abc import Callable, Mapping

from harness.sdl import Mode
from harness.targets.appsync.api import Api
from harness.targets.appsync.auth.api_key import by_api_key
from harness.targets.appsync.auth.authorizer import Authorizer
from harness.targets.appsync.auth.iam import ALGORITHM, Iam
from harness.targets.appsync.auth.jwks import KeySets
from harness.targets.appsync.auth.oidc import Oidc, looks_like_jwt
from harness.targets.appsync.caller import Caller, Credentials
from harness.targets.appsync.errors import unauthorized
from harness.targets.appsync.invoke import Invoke


class Door:
    """One API's authorisation.

    Args:
        key_sets: where issuers' keys are got from.
        secrets: access key id → secret of those who may sign.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        api: Api,
        invoke: Invoke,
        key_sets: KeySets,
        *,
        secrets: Mapping[str, str],
        clock: Callable[[], float],
    ) -> None:
        self._api = api
        self._clock = clock
        self._iam = Iam(api, secrets, clock)
        self._oidc = Oidc(api.issuers, key_sets, clock)
        self._authorizer = (
            Authorizer(api, api.authorizer, invoke, clock) if api.authorizer else None
        )

    async def admit(self, credentials: Credentials) -> Caller:
        """Who this is.

        With several modes, what the ``Authorization`` header looks like decides: a signature is
        IAM's, a JWT is OIDC's, and whatever else there is goes to the authorizer function.

        Raises:
            Refused: nobody that the API knows.
        """
        token = credentials.headers.get("authorization", "")
        modes = self._api.modes
        if Mode.IAM in modes and token.startswith(ALGORITHM):
            return self._iam.admit(credentials)
        if token and Mode.OIDC in modes and (looks_like_jwt(token) or self._authorizer is None):
            return await self._oidc.admit(token)
        if token and self._authorizer is not None:
            return await self._authorizer.admit(token, credentials)
        if "x-api-key" in credentials.headers:
            # No key is good where keys are no mode.
            keys = self._api.keys if Mode.API_KEY in modes else ()
            return by_api_key(credentials.headers["x-api-key"], keys, now=self._clock())
        raise unauthorized("Valid authorization header not provided.")

"""An issuer of access tokens: OAuth 2.0 client credentials (RFC 6749), OpenID discovery, JWKS.

It stands in for whichever identity provider signs Larder's tokens, so it gives one to anybody who
asks; and tokens that are wrong in one way, which no good provider would.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from uuid import uuid4

from harness.doubles import Double, Host, Reply, Request, Route
from harness.faults import Menu, Option
from harness.model import Action, Json
from scenarios.doubles.tokens import SigningKey, without_signature

FORGERIES: tuple[str, ...] = (
    "expired",
    "not-yet-valid",
    "wrong-audience",
    "wrong-issuer",
    "wrong-key",
    "unknown-key",
    "tampered",
    "public-key-as-secret",
    "none",
)
"""The ways in which a token can be wrong."""

_LIFE = 3600
_SKEW = 3600
"""Seconds by which a bad token is too old or too young: beyond any leeway."""


class Issuer(Double):
    """Signs tokens with a key of its own, made when it starts."""

    name: ClassVar[str] = "issuer"
    menu: ClassVar[Menu] = Menu(
        "issuer",
        (
            Option("jwks", "before", Action(do="latency", seconds=2), "a slow key server"),
            Option("jwks", "before", Action(do="error", status=503), "a key server that is down"),
        ),
    )

    def __init__(
        self,
        host: Host,
        issuer: str = "https://id.larder.example",
        audience: str = "larder-api",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(host)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._key = SigningKey("current")
        self._foreign = SigningKey("current")
        """Someone else's key under our key's name."""

    def routes(self) -> Sequence[Route]:
        """Discovery, keys and tokens."""
        return (
            Route("GET", "/.well-known/jwks.json", "jwks", self._jwks),
            Route("GET", "/.well-known/openid-configuration", "discovery", self._discovery),
            Route("POST", "/oauth/token", "token", self._token),
        )

    def error(self, status: int, code: str | None = None) -> Reply:
        """RFC 6749, section 5.2."""
        default = {400: "invalid_request", 401: "invalid_client", 404: "not_found"}
        headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}
        return Reply(status, {"error": code or default.get(status, "server_error")}, headers)

    def token(
        self,
        subject: str,
        *,
        tier: str = "standard",
        email: str | None = None,
        scope: str = "orders",
        expires_in: int = _LIFE,
        forgery: str | None = None,
        **claims: Json,
    ) -> str:
        """A token that says so; ``forgery`` is one of FORGERIES. Safe from any thread."""
        now = int(self._clock())
        content: dict[str, Json] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": now + expires_in,
            "jti": str(uuid4()),
            "scope": scope,
            "tier": tier,
            "email": email or f"{subject}@example.com",
            **claims,
        }
        return self._signed(content, forgery, now)

    def _signed(self, claims: dict[str, Any], forgery: str | None, now: int) -> str:
        key, foreign = self._key, self._foreign
        old = {"iat": now - 2 * _SKEW, "nbf": now - 2 * _SKEW, "exp": now - _SKEW}
        young = {"nbf": now + _SKEW, "exp": now + 2 * _SKEW}
        makers: Mapping[str | None, Callable[[], str]] = {
            None: lambda: key.sign(claims),
            "expired": lambda: key.sign({**claims, **old}),
            "not-yet-valid": lambda: key.sign({**claims, **young}),
            "wrong-audience": lambda: key.sign({**claims, "aud": "another-api"}),
            "wrong-issuer": lambda: key.sign({**claims, "iss": "https://elsewhere.example"}),
            "wrong-key": lambda: foreign.sign(claims),
            "unknown-key": lambda: foreign.sign(claims, kid="unknown"),
            "tampered": lambda: _tampered(key.sign(claims)),
            "public-key-as-secret": lambda: key.sign_as_secret(claims),
            "none": lambda: without_signature(claims),
        }
        if forgery not in makers:
            raise ValueError(f"{forgery!r} is none of {', '.join(FORGERIES)}")
        return makers[forgery]()

    def _jwks(self, _: Request) -> Reply:
        return Reply(200, {"keys": [self._key.jwk]})

    def _discovery(self, _: Request) -> Reply:
        return Reply(
            200,
            {
                "issuer": self._issuer,
                "jwks_uri": f"{self.host.url}/.well-known/jwks.json",
                "token_endpoint": f"{self.host.url}/oauth/token",
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
        )

    def _token(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if "grant_type" not in form:
            return self.error(400, "invalid_request")
        if form["grant_type"] != "client_credentials":
            return self.error(400, "unsupported_grant_type")
        if not form.get("client_id"):
            return self.error(401)
        return self._granted(form)

    def _granted(self, form: Mapping[str, str]) -> Reply:
        scope, forgery = form.get("scope", "orders"), form.get("forgery")
        if forgery is not None and forgery not in FORGERIES:
            return self.error(400, "invalid_request")
        token = self.token(
            form.get("subject") or form["client_id"],
            tier=form.get("tier", "standard"),
            email=form.get("email"),
            scope=scope,
            forgery=forgery,
        )
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": _LIFE,
            "scope": scope,
        }
        return Reply(200, body, {"Cache-Control": "no-store"})


def _tampered(token: str) -> str:
    """The same token for somebody else: its signature no longer fits."""
    header, _, rest = token.partition(".")
    claims, _, signature = rest.partition(".")
    middle = len(claims) // 2
    other = "A" if claims[middle] != "A" else "B"
    return f"{header}.{claims[:middle]}{other}{claims[middle + 1 :]}.{signature}"

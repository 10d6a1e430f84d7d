"""Who may call an API: its authorisation modes and their settings, from the template."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.model import Stage
from harness.sdl import Mode
from harness.targets.appsync.api import LambdaProvider, OidcProvider
from harness.targets.appsync.errors import AppSyncError
from harness.targets.appsync.intrinsics import reference


@dataclass(frozen=True)
class Providers:
    """All of an API's modes."""

    default: Mode
    modes: frozenset[Mode]
    authorizer: LambdaProvider | None
    issuers: tuple[OidcProvider, ...]


def providers_of(logical: str, api: Mapping[str, Any], stage: Stage) -> Providers:
    """What the API's properties say.

    Raises:
        AppSyncError: a mode that no local target has.
    """
    declared = [api, *api.get("AdditionalAuthenticationProviders", ())]
    modes = [_mode(logical, str(x.get("AuthenticationType", ""))) for x in declared]
    authorizers = [
        _authorizer(logical, x.get("LambdaAuthorizerConfig") or {}, stage)
        for x, mode in zip(declared, modes, strict=True)
        if mode is Mode.LAMBDA
    ]
    issuers = [
        _issuer(logical, x.get("OpenIDConnectConfig") or {})
        for x, mode in zip(declared, modes, strict=True)
        if mode is Mode.OIDC
    ]
    return Providers(
        modes[0], frozenset(modes), authorizers[0] if authorizers else None, tuple(issuers)
    )


def function_name(value: Any, stage: Stage, user: str) -> str:
    """The deployed name of the function that an ARN in the template means.

    Raises:
        AppSyncError: it means none of this stack's.
    """
    found = reference(value)
    if found is not None and found[0] in stage.functions:
        return stage.functions[found[0]]
    if found is None and isinstance(value, str) and ":function:" in value:
        name = value.partition(":function:")[2].partition("/")[0]
        inside = reference(name)
        return stage.functions.get(inside[0], name) if inside else name
    raise AppSyncError(
        f"{user}: {value!r} is no function of this stack",
        "Name one by !GetAtt <Function>.Arn.",
    )


def _mode(logical: str, name: str) -> Mode:
    try:
        return Mode(name)
    except ValueError:
        raise AppSyncError(
            f"{logical}: the local AppSync has no authorisation mode {name or '(none given)'}",
            f"It has {', '.join(Mode)}.",
        ) from None


def _authorizer(logical: str, config: Mapping[str, Any], stage: Stage) -> LambdaProvider:
    expression = config.get("IdentityValidationExpression")
    return LambdaProvider(
        function_name(config.get("AuthorizerUri"), stage, f"{logical}: LambdaAuthorizerConfig"),
        float(config.get("AuthorizerResultTtlInSeconds", 300)),
        re.compile(str(expression)) if expression else None,
    )


def _issuer(logical: str, config: Mapping[str, Any]) -> OidcProvider:
    if not config.get("Issuer"):
        raise AppSyncError(f"{logical}: OpenIDConnectConfig has no Issuer", "Give its URL.")
    client = config.get("ClientId")
    return OidcProvider(
        str(config["Issuer"]).rstrip("/"),
        re.compile(str(client)) if client else None,
        float(config.get("AuthTTL", 0)) / 1000,
        float(config.get("IatTTL", 0)) / 1000,
    )

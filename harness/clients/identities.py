"""Gets each identity's token. A token is never recorded, printed or put into an error."""

import asyncio
import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError as HttpError
from aiohttp import ClientSession, ClientTimeout

from harness.clients.errors import ClientError
from harness.clients.settings import (
    ApiKeyIdentity,
    CommandIdentity,
    FromDouble,
    IamIdentity,
    OAuthIdentity,
    StaticIdentity,
)
from harness.model import Identity, Stage
from harness.targets import Aws

_SECONDS = 10
_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")

Settings = StaticIdentity | CommandIdentity | OAuthIdentity | ApiKeyIdentity | IamIdentity


def resolve_identities(
    settings: Mapping[str, Settings],
    urls: Mapping[str, str],
    loop: asyncio.AbstractEventLoop,
    environ: Mapping[str, str] | None = None,
    *,
    stage: Stage | None = None,
) -> Mapping[str, Identity]:
    """Everybody, with their tokens. ``urls`` says where each double answers; ``loop`` runs.

    ``stage`` is what API keys and AWS credentials are of.

    Raises:
        ClientError: naming the identity, what was tried and why there is no token.
    """
    variables = os.environ if environ is None else environ
    return {name: _one(name, one, urls, loop, variables, stage) for name, one in settings.items()}


def _one(
    name: str,
    settings: Settings,
    urls: Mapping[str, str],
    loop: asyncio.AbstractEventLoop,
    environ: Mapping[str, str],
    stage: Stage | None,
) -> Identity:
    token: str | None = None
    api_key = _variable(name, settings.key_variable, environ) if settings.key_variable else None
    aws: Mapping[str, str] | None = None
    match settings:
        case ApiKeyIdentity():
            api_key = api_key or settings.value or _output(name, settings.output, stage)
        case IamIdentity():
            aws = _keys(name, settings, stage, environ)
        case StaticIdentity():
            token = settings.token
        case CommandIdentity():
            token = _printed(name, settings)
        case OAuthIdentity():
            form = _form(name, settings, environ)
            token = asyncio.run_coroutine_threadsafe(
                _granted(name, _url(name, settings, urls), form), loop
            ).result()
    if not _HEADER_TEXT.fullmatch(token or api_key or ""):
        raise ClientError(
            f"identity {name}: its token holds characters that no header can carry",
            "Was it copied whole, without a line break, and not from where it is shown shortened?",
        )
    return Identity(
        name=name,
        token=token,
        subject=settings.subject,
        tier=settings.tier,
        email=settings.email,
        api_key=api_key,
        aws=aws,
    )


def _output(name: str, output: str, stage: Stage | None) -> str:
    outputs = stage.outputs if stage else {}
    if output not in outputs:
        raise ClientError(
            f"identity {name}: the stack has no output {output!r}",
            f"Give output, the one that is the API key; there are {', '.join(outputs) or 'none'}.",
        )
    return outputs[output]


def _keys(
    name: str, settings: IamIdentity, stage: Stage | None, environ: Mapping[str, str]
) -> Mapping[str, str]:
    keys = dict(Aws.of(stage).keys()) if stage else {}
    if settings.access_key_id:
        keys["aws_access_key_id"] = settings.access_key_id
    if settings.secret_access_key:
        keys["aws_secret_access_key"] = _variable(name, settings.secret_access_key, environ)
    if not keys.get("aws_access_key_id"):
        raise ClientError(f"identity {name}: there are no AWS credentials", "Run: aws configure")
    return keys


def _variable(name: str, variable: str, environ: Mapping[str, str]) -> str:
    if variable not in environ:
        raise ClientError(
            f"identity {name}: the environment has no {variable}",
            "Set that variable to the secret.",
        )
    return environ[variable]


def _printed(name: str, settings: CommandIdentity) -> str:
    shown = settings.argv[0]
    try:
        done = subprocess.run(  # noqa: S603  # the user's own command, from their own file
            settings.argv, capture_output=True, text=True, timeout=settings.seconds, check=True
        )
    except FileNotFoundError:
        raise ClientError(
            f"identity {name}: there is no command {shown!r}", "Install it or give its path."
        ) from None
    except subprocess.TimeoutExpired:
        raise ClientError(
            f"identity {name}: {shown} printed no token in {settings.seconds:g} s",
            "Run it by hand; give it more seconds if it needs them.",
        ) from None
    except subprocess.CalledProcessError as error:
        raise ClientError(
            f"identity {name}: {shown} ended with exit code {error.returncode}: "
            f"{error.stderr.strip()[-200:]}",
            "Run it by hand and mend what it says.",
        ) from None
    token = done.stdout.strip()
    if not token:
        raise ClientError(
            f"identity {name}: {shown} printed nothing", "It must print the token on stdout."
        )
    return token


def _url(name: str, settings: OAuthIdentity, urls: Mapping[str, str]) -> str:
    if not isinstance(settings.token_url, FromDouble):
        return settings.token_url
    double = settings.token_url.double
    if double not in urls:
        raise ClientError(
            f"identity {name}: token_url names the double {double!r}, which isn't declared",
            f"Declared: {', '.join(sorted(urls)) or 'none'}.",
        )
    return urls[double] + settings.token_url.path


def _form(name: str, settings: OAuthIdentity, environ: Mapping[str, str]) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": settings.client_id}
    if settings.client_secret:
        form["client_secret"] = _variable(name, settings.client_secret, environ)
    person = {"subject": settings.subject, "tier": settings.tier, "email": settings.email}
    given = {"scope": settings.scope, **person, **settings.extra}
    return {**form, **{field: value for field, value in given.items() if value}}


async def _granted(name: str, url: str, form: Mapping[str, str]) -> str:
    mend = "Check token_url, client_id and the secret."
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_SECONDS)) as session,
            session.post(url, data=form) as answer,
        ):
            body: Any = await answer.json(content_type=None)
    except (HttpError, TimeoutError, OSError, ValueError) as error:
        raise ClientError(
            f"identity {name}: {url} gave no token: {type(error).__name__}: {error}", mend
        ) from None
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        said = body.get("error", "") if isinstance(body, dict) else ""
        raise ClientError(f"identity {name}: {url} answered {answer.status} {said}".rstrip(), mend)
    return str(body["access_token"])

"""Where tokens come from."""

import sys
from typing import Any
from urllib.parse import parse_qs

import pytest

from harness.clients import (
    ClientError,
    CommandIdentity,
    FromDouble,
    OAuthIdentity,
    StaticIdentity,
    resolve_identities,
)
from harness.engine.loop import Loop
from harness.model import Identity
from tests.harness.clients.server import Server


def resolved(settings: Any, loop: Loop, server: Server | None = None, **environ: str) -> Identity:
    urls = {"issuer": server.url} if server else {}
    return resolve_identities({"alice": settings}, urls, loop.asyncio, environ)["alice"]


def printing(code: str, seconds: float = 10) -> CommandIdentity:
    return CommandIdentity(argv=(sys.executable, "-c", code), seconds=seconds)


def oauth(**changes: Any) -> OAuthIdentity:
    url = FromDouble(double="issuer", path="/oauth/token")
    return OAuthIdentity(**{"token_url": url, "client_id": "c", **changes})


def test_a_static_identity_has_its_token_and_what_is_known_of_the_person(loop: Loop) -> None:
    given = StaticIdentity(token="t", subject="s", tier="low", email="a@example.com")
    assert resolved(given, loop) == Identity("alice", "t", "s", "low", "a@example.com")


def test_somebody_without_a_token_is_an_identity_too(loop: Loop) -> None:
    assert resolved(StaticIdentity(), loop).token is None


@pytest.mark.parametrize("token", ["amina.d743…", "one\ntwo"], ids=["shortened", "two lines"])
def test_a_token_that_no_header_can_carry_is_told_but_not_shown(loop: Loop, token: str) -> None:
    with pytest.raises(ClientError, match="alice: its token holds") as caught:
        resolved(StaticIdentity(token=token), loop)
    assert token not in str(caught.value)


def test_a_command_prints_the_token(loop: Loop) -> None:
    assert resolved(printing("print('abc')"), loop).token == "abc"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (printing("import sys; sys.exit('no login')"), "exit code 1: no login"),
        (printing("pass"), "printed nothing"),
        (printing("import time; time.sleep(9)", 0.2), "no token in 0.2 s"),
        (CommandIdentity(argv=("no-such-command",)), "no command"),
    ],
)
def test_a_command_that_gives_no_token_is_told(
    loop: Loop, settings: CommandIdentity, says: str
) -> None:
    with pytest.raises(ClientError, match=f"identity alice: .*{says}"):
        resolved(settings, loop)


def test_client_credentials_are_exchanged_for_a_token(loop: Loop, server: Server) -> None:
    server.body = {"access_token": "t1"}
    settings = oauth(
        client_secret="SECRET", scope="orders", subject="s", tier="low", extra={"x": "y"}
    )
    assert resolved(settings, loop, server, SECRET="hush").token == "t1"
    [asked] = server.got
    assert (asked.method, asked.path) == ("POST", "/oauth/token")
    assert {k: v[0] for k, v in parse_qs(asked.body.decode()).items()} == {
        "grant_type": "client_credentials", "client_id": "c", "client_secret": "hush",
        "scope": "orders", "subject": "s", "tier": "low", "x": "y",
    }  # fmt: skip


def test_a_secret_that_the_environment_lacks_is_told(loop: Loop, server: Server) -> None:
    with pytest.raises(ClientError, match="no SECRET"):
        resolved(oauth(client_secret="SECRET"), loop, server)


def test_a_refusal_is_told_without_the_secret(loop: Loop, server: Server) -> None:
    server.status, server.body = 401, {"error": "invalid_client"}
    with pytest.raises(ClientError, match="401 invalid_client") as caught:
        resolved(oauth(client_secret="SECRET"), loop, server, SECRET="hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url", [FromDouble(double="nobody", path="/"), "http://127.0.0.1:1/oauth/token"]
)
def test_an_issuer_that_is_not_there_is_told(
    loop: Loop, server: Server, url: FromDouble | str
) -> None:
    with pytest.raises(ClientError, match="identity alice"):
        resolved(oauth(token_url=url), loop, server)


def test_an_answer_that_is_no_token_is_told(loop: Loop, server: Server) -> None:
    server.body = b"<html>"
    with pytest.raises(ClientError, match="gave no token"):
        resolved(oauth(), loop, server)

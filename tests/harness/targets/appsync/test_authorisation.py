"""Who is let in by which mode, and which fields they see."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from harness.targets.appsync import AppSyncFront
from harness.targets.appsync.auth import KeySets
from tests.harness.targets.appsync.calls import ISSUER, Client, Functions, signed
from tests.harness.targets.appsync.tokens import Issuer, new_key, served

Open = Callable[..., AppSyncFront]
AUTHORIZER = "notes-AuthorizerFunction"
NOTE = '{ note(id: "1") { id } }'
SEEN = {"data": {"note": {"id": "1"}}}


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(open_front: Open, clock: Clock, issuer: Issuer) -> Iterator[Client]:
    made = Client(open_front(clock=clock, discovery={ISSUER: issuer.url}))
    yield made
    made.pool.clear()  # a connection that is still open delays the end


def refused(client: Client, status: int = 401, **headers: str) -> Any:
    answer = client.post({"query": NOTE}, **headers)
    assert answer.status == status
    [error] = answer.json()["errors"]
    assert "data" not in answer.json()
    return error


def test_a_good_key_is_let_in(client: Client) -> None:
    assert client.ask(NOTE, **{"x-api-key": "da2-good"}) == SEEN


def test_nobody_is_told_that_a_header_is_missing(client: Client) -> None:
    assert refused(client, accept="*/*") == {
        "errorType": "UnauthorizedException",
        "message": "Valid authorization header not provided.",
    }


def test_a_wrong_key_is_refused(client: Client) -> None:
    error = refused(client, **{"x-api-key": "da2-bad"})
    assert error["message"] == "You are not authorized to make this call."


def test_a_key_is_refused_once_it_has_expired(client: Client, clock: Clock) -> None:
    clock.now += 7 * 24 * 3600 + 1
    refused(client, **{"x-api-key": "da2-good"})


def test_a_key_is_refused_where_keys_are_no_mode(open_front: Open) -> None:
    only_iam = {"AuthenticationType": "AWS_IAM", "AdditionalAuthenticationProviders": []}
    refused(Client(open_front({"Api": only_iam})), **{"x-api-key": "da2-good"})


def test_a_key_beside_a_header_of_no_mode_is_let_in(open_front: Open) -> None:
    keys_and_iam = {"AdditionalAuthenticationProviders": [{"AuthenticationType": "AWS_IAM"}]}
    client = Client(open_front({"Api": keys_and_iam}))
    assert client.ask(NOTE, authorization="Basic xyz", **{"x-api-key": "da2-good"}) == SEEN


def test_a_stranger_learns_nothing_of_the_schema(client: Client) -> None:
    answer = client.post({"query": "{ nope }"}, **{"x-api-key": "da2-bad"})
    assert answer.status == 401


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_an_issuers_token_is_let_in_and_its_claims_handed_on(
    prefix: str, client: Client, issuer: Issuer, functions: Functions
) -> None:
    token = issuer.token("ada", tier="gold")
    assert client.ask(NOTE, authorization=prefix + token) == SEEN
    identity = functions.payloads("notes-NotesFunction")[0]["identity"]
    assert (identity["sub"], identity["issuer"]) == ("ada", ISSUER)
    assert identity["claims"]["tier"] == "gold"


def tokens(issuer: Issuer) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "ada", "aud": "notes-app", "exp": now + 60}
    good = issuer.token()
    head, _, signature = good.split(".")
    other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "bob"}).encode()).decode()
    public = issuer.document("/keys")["keys"][0]["n"]
    return {
        "expired": issuer.token(exp=now - 1),
        "without an end": jwt.encode(
            {k: v for k, v in claims.items() if k != "exp"}, issuer.keys["one"], "RS256",
            headers={"kid": "one"},
        ),
        "not yet valid": issuer.token(nbf=now + 60),
        "wrong audience": issuer.token(aud="another"),
        "audience that only begins right": issuer.token(aud="other-notes-app"),
        "wrong issuer": issuer.token(iss="https://elsewhere.example"),
        "wrong key": issuer.token(key=new_key()),
        "unknown key": issuer.token(kid="two", key=new_key()),
        "tampered": ".".join((head, other.rstrip("="), signature)),
        "alg none": jwt.encode(claims, None, algorithm="none", headers={"kid": "one"}),
        "public key as secret": jwt.encode(claims, public, "HS256", headers={"kid": "one"}),
        "no claims": f"{head}.{base64.urlsafe_b64encode(b'[]').decode()}.{signature}",
        "no JWT at all": "a.b.c",
    }  # fmt: skip


def test_every_wrong_token_is_refused(client: Client, issuer: Issuer) -> None:
    answers = {
        name: client.post({"query": NOTE}, authorization=token).status
        for name, token in tokens(issuer).items()
    }
    assert answers == dict.fromkeys(answers, 401)
    assert client.front.errors == []


def test_an_expired_token_is_told_so(client: Client, issuer: Issuer) -> None:
    error = refused(client, authorization=issuer.token(exp=int(time.time()) - 1))
    assert error["message"] == "Token has expired."


def test_tokens_age_by_the_apis_own_limits(open_front: Open, issuer: Issuer) -> None:
    limited = {
        "AuthenticationType": "OPENID_CONNECT",
        "OpenIDConnectConfig": {"Issuer": ISSUER, "IatTTL": 30_000},
        "AdditionalAuthenticationProviders": [],
    }
    client = Client(open_front({"Api": limited}, discovery={ISSUER: issuer.url}))
    assert client.ask(NOTE, authorization=issuer.token(iat=int(time.time()) - 10)) == SEEN
    refused(client, authorization=issuer.token(iat=int(time.time()) - 31))


@pytest.mark.anyio
async def test_keys_are_fetched_once_and_again_for_a_key_that_is_new() -> None:
    now = 0.0
    with served(Issuer()) as rotating:
        key_sets = KeySets({ISSUER: rotating.url}, clock=lambda: now)
        for _ in range(3):
            assert await key_sets.key(ISSUER, "one") is not None
        assert rotating.fetched == 1
        rotating.keys["two"] = new_key()
        assert await key_sets.key(ISSUER, "two") is None  # too soon to ask again
        now += 6
        assert await key_sets.key(ISSUER, "two") is not None
        assert rotating.fetched == 2
        await key_sets.close()


def test_an_issuer_that_is_down_lets_nobody_in(open_front: Open, issuer: Issuer) -> None:
    client = Client(open_front(discovery={ISSUER: "http://127.0.0.1:9"}))
    refused(client, authorization=issuer.token())


def test_the_authorizer_is_asked_as_appsync_asks(client: Client, functions: Functions) -> None:
    body = {"query": "query Q($x: ID!) { note(id: $x) { id } }", "operationName": "Q",
            "variables": {"x": "1"}}  # fmt: skip
    client.post(body, authorization="let-me-in", **{"X-More": "yes"})
    [event] = functions.payloads(AUTHORIZER)
    assert event["authorizationToken"] == "let-me-in"
    assert event["requestHeaders"]["x-more"] == "yes"
    context = event["requestContext"]
    assert context["queryString"] == body["query"]
    assert (context["operationName"], context["variables"]) == ("Q", {"x": "1"})
    assert (context["accountId"], len(context["apiId"])) == ("000000000000", 26)


def test_its_context_reaches_the_resolvers(client: Client, functions: Functions) -> None:
    client.ask(NOTE, authorization="let-me-in")
    identity = functions.payloads("notes-NotesFunction")[0]["identity"]
    assert identity == {"resolverContext": {"who": "me"}}


def test_whom_it_does_not_let_in_is_refused(client: Client) -> None:
    error = refused(client, authorization="let-him-in")
    assert error["message"] == "You are not authorized to make this call."


@pytest.mark.parametrize(
    "denied", ["Note.text", "arn:aws:appsync:eu-west-1:0:apis/x/types/Note/fields/text"]
)
def test_fields_it_denies_are_errors_at_their_path(
    denied: str, client: Client, functions: Functions
) -> None:
    functions.handlers[AUTHORIZER] = lambda _: {"isAuthorized": True, "deniedFields": [denied]}
    answer = client.ask('{ note(id: "1") { id text } }', authorization="let-me-in")
    assert answer["data"] == {"note": {"id": "1", "text": None}}
    [error] = answer["errors"]
    assert (error["errorType"], error["path"]) == ("Unauthorized", ["note", "text"])


def test_its_answer_is_kept_for_its_time(
    client: Client, clock: Clock, functions: Functions
) -> None:
    for wait in (0, 299, 2):
        clock.now += wait
        assert client.ask(NOTE, authorization="let-me-in") == SEEN
    assert len(functions.payloads(AUTHORIZER)) == 2


@pytest.mark.parametrize(("ttl", "asked"), [(0, 2), (1, 1)])
def test_its_answer_can_say_how_long_it_lasts(
    ttl: int, asked: int, client: Client, functions: Functions
) -> None:
    functions.handlers[AUTHORIZER] = lambda _: {"isAuthorized": True, "ttlOverride": ttl}
    for _ in range(2):
        client.ask(NOTE, authorization="let-me-in")
    assert len(functions.payloads(AUTHORIZER)) == asked


def test_a_token_of_the_wrong_form_is_refused_without_asking(
    client: Client, functions: Functions
) -> None:
    refused(client, authorization="open up")
    assert functions.payloads(AUTHORIZER) == []


def test_an_authorizer_that_raises_lets_nobody_in(client: Client, functions: Functions) -> None:
    functions.handlers[AUTHORIZER] = lambda _: 1 / 0
    refused(client, authorization="let-me-in")


@pytest.mark.parametrize("answer", [None, {}, {"isAuthorized": "true"}, {"isAuthorized": 1}])
def test_only_true_lets_in(answer: Any, client: Client, functions: Functions) -> None:
    functions.handlers[AUTHORIZER] = lambda _: answer
    assert client.post({"query": NOTE}, authorization="let-me-in").status in (400, 401)


PUBLISH = {"query": 'mutation { publish(input: {id: "1"}) { id } }'}


def test_a_signed_request_is_let_in(client: Client) -> None:
    assert signed(client.front, PUBLISH) == {"data": {"publish": {"id": "1"}}}


def test_a_function_signs_under_its_accounts_id(client: Client) -> None:
    assert "data" in signed(client.front, PUBLISH, key="000000000000")


@pytest.mark.parametrize(
    ("key", "secret", "kind"),
    [("test", "guessed", "InvalidSignatureException"),
     ("AKIA", "secret", "UnrecognizedClientException")],
)  # fmt: skip
def test_a_wrong_signature_is_refused(key: str, secret: str, kind: str, client: Client) -> None:
    answer = signed(client.front, PUBLISH, key=key, secret=secret)
    assert answer["errors"][0]["errorType"] == kind
    assert "data" not in answer


def test_a_signature_covers_the_body(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(Client, "post", lambda *a, **k: sent.append((a[1], k)) or _Json())
    signed(client.front, PUBLISH)
    monkeypatch.undo()
    [(body, headers)] = sent
    assert client.post(body, **headers).status == 200
    assert client.post(body.replace(b'"1', b'"2'), **headers).status == 403
    stated = {**headers, "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
    assert client.post(body.replace(b'"1', b'"2'), **stated).status == 403


def test_a_signature_gets_old(client: Client, clock: Clock) -> None:
    clock.now += 600
    assert signed(client.front, PUBLISH)["errors"][0]["errorType"] == "InvalidSignatureException"


@pytest.mark.parametrize(
    "header",
    ["AWS4-HMAC-SHA256 nonsense",
     "AWS4-HMAC-SHA256 Credential=test/{day}/eu-west-1/s3/aws4_request, SignedHeaders=host, "
     "Signature=" + "0" * 64],
)  # fmt: skip
def test_a_signature_for_something_else_is_refused(header: str, client: Client) -> None:
    day = datetime.now(UTC).strftime("%Y%m%d")
    assert client.post(PUBLISH, authorization=header.format(day=day)).status == 403


class _Json:
    def json(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("key", {"note": True, "secret": False, "mine": False, "bare": True, "publish": False}),
        ("jwt", {"note": True, "secret": False, "mine": True, "bare": False, "publish": False}),
        ("lambda", {"note": True, "secret": True, "mine": False, "bare": False, "publish": False}),
        ("iam", {"note": True, "secret": True, "mine": False, "bare": False, "publish": True}),
    ],
)
def test_each_field_is_for_its_modes_alone(
    mode: str, expected: dict[str, bool], client: Client, issuer: Issuer, functions: Functions
) -> None:
    functions.handlers[AUTHORIZER] = lambda _: {"isAuthorized": True}
    headers = {"key": {"x-api-key": "da2-good"}, "jwt": {"authorization": issuer.token()},
               "lambda": {"authorization": "let-me-in"}}  # fmt: skip
    queries = {
        "note": NOTE,
        "secret": '{ note(id: "1") { secret } }',
        "mine": "{ mine { id } }",
        "bare": "{ bare }",
        "publish": PUBLISH["query"],
    }
    allowed = {}
    for name, query in queries.items():
        if mode == "iam":
            answer = signed(client.front, {"query": query})
        else:
            answer = client.ask(query, **headers[mode])
        kinds = [error["errorType"] for error in answer.get("errors", [])]
        assert kinds in ([], ["Unauthorized"])
        allowed[name] = not kinds
    assert allowed == expected


def test_a_field_of_another_mode_never_reaches_its_function(
    client: Client, functions: Functions
) -> None:
    answer = client.ask("{ mine { id } }")
    [error] = answer["errors"]
    assert error["message"] == "Not Authorized to access mine on type Query"
    assert (answer["data"], error["path"]) == ({"mine": None}, ["mine"])
    assert functions.calls == []

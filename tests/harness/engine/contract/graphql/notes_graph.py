"""The notes over GraphQL: the same notes as over REST, through the local AppSync."""

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.model import Stage
from harness.recorder import Recorder
from harness.targets.appsync import AppSyncFront, Invocation
from tests.harness.engine.contract.notes_app import TOKENS, Notes, Refused

SDL = Path(__file__).with_name("notes.graphql")
SECRET = "not-a-real-one"

DEFECTS = (
    "another's note is readable",
    "another's note can be struck",
    "list shows everybody's notes",
    "null where a title is promised",
    "an error becomes null",
    "a code that nobody documented",
    "a function raises",
    "an error tells an ARN",
    "REST and GraphQL disagree",
    "a refused note is written",
    "expired tokens pass",
    "stars beyond five pass",
    "repeat writes again",
    "key taken for another body",
    "customers see the audit",
    "customers may tell",
    "others may subscribe",
    "the schema can be asked for",
    "aliases pass the limit",
    "limit counts one in ten",
    "good titles are refused",
)

_HANDLER = """
export function request(ctx) { return { operation: 'Invoke', payload: ctx }; }
export function response(ctx) {
  if (ctx.error) { util.error(ctx.error.message, ctx.error.type); }
  if (ctx.result.errorType) {
    util.error(ctx.result.errorMessage, ctx.result.errorType, ctx.result.data,
               ctx.result.errorInfo);
  }
  return ctx.result.data;
}
"""
_FIELDS = (
    "Query.note", "Query.notes", "Mutation.writeNote", "Mutation.strikeNote", "Mutation.tellNote",
    "Subscription.onNote",
)  # fmt: skip


class Told(Exception):
    def __init__(self, code: str, message: str = "No.", info: Any = None) -> None:
        super().__init__(message)
        self.code, self.info = code, info


class Graph:
    """Resolves every field against the notes that REST shows, too."""

    def __init__(self, notes: Notes, recorder: Recorder, defects: Collection[str]) -> None:
        assert not set(defects) - set(DEFECTS), defects
        self.notes, self.recorder, self.defects = notes, recorder, frozenset(defects)
        self.asked = 0

    async def __call__(self, function: str, payload: Any) -> Invocation:
        if function == "authorizer":
            return Invocation(self.authorize(payload["authorizationToken"]))
        name = payload["info"]["fieldName"]
        try:
            user = payload["identity"].get("resolverContext", {}).get("sub", "")
            return Invocation({"data": getattr(self, f"on_{name}")(user, payload["arguments"])})
        except Told as told:
            return Invocation({"errorType": told.code, "errorMessage": str(told),
                               "errorInfo": told.info})  # fmt: skip
        except ZeroDivisionError as error:
            return Invocation({"errorMessage": str(error), "errorType": "Error"}, "Unhandled")

    def authorize(self, token: str) -> Any:
        expired = token == "token-expired" and "expired tokens pass" in self.defects
        user = "alice" if expired else TOKENS.get(token)
        return {"isAuthorized": user is not None, "resolverContext": {"sub": user or ""}}

    def on_note(self, user: str, given: Any) -> Any:
        return self.shown(self.own(user, given["noteId"], "another's note is readable"))

    def on_notes(self, user: str, given: Any) -> Any:
        self.count(user, "notes")
        limit = 20 if given.get("limit") is None else given["limit"]
        if not 1 <= limit <= 50:
            raise Told("INVALID")
        everybody = "list shows everybody's notes" in self.defects
        mine = [i for i, n in self.notes.notes.items() if everybody or n["owner"] == user]
        return {"notes": [self.shown(i) for i in mine[::-1][:limit]], "next": None}

    def on_writeNote(self, user: str, given: Any) -> Any:
        self.count(user, "writeNote")
        title, stars, key = given["title"], given["stars"], given["idempotencyKey"]
        if "a function raises" in self.defects and len(title) == 80:
            raise ZeroDivisionError("too long")
        most = 9 if "stars beyond five pass" in self.defects else 5
        good = re.fullmatch(r"[ -~]{1,80}", title) and 1 <= stars <= most
        if "good titles are refused" in self.defects and title == "Milk":
            good = None
        if not good or not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key):
            if "a refused note is written" in self.defects:
                self.put(user, f"{key}{title}{stars}", "x", 1)
            raise Told("INVALID", self.words())
        known = self.notes.keys.get((user, key))
        if (
            known
            and known[1] != f"{title}{stars}"
            and ("key taken for another body" not in self.defects)
        ):
            raise Told("KEY_REUSED")
        again = "repeat writes again" in self.defects
        if known and not again:
            return self.shown(known[0])
        return self.shown(self.put(user, key, title, stars))

    def on_strikeNote(self, user: str, given: Any) -> Any:
        note = self.own(user, given["noteId"], "another's note can be struck")
        shown = self.shown(note)
        del self.notes.notes[note]
        return shown

    def on_tellNote(self, user: str, given: Any) -> Any:
        return given["input"]

    def on_onNote(self, user: str, given: Any) -> Any:
        if given["owner"] != user and "others may subscribe" not in self.defects:
            raise Told("NOT_YOURS")
        return None

    def put(self, user: str, key: str, title: str, stars: int) -> str:
        again = len(self.notes.notes) if "repeat writes again" in self.defects else ""
        note = hashlib.md5(f"{user}{key}{again}".encode()).hexdigest()  # noqa: S324
        self.notes.keys[user, key] = (note, f"{title}{stars}")
        self.notes.notes[note] = {"noteId": note, "owner": user, "title": title, "stars": stars}
        self.recorder.observe("note", key=note, value={"event": "INSERT"})
        return note

    def own(self, user: str, note: str, defect: str) -> str:
        known = self.notes.notes.get(note)
        if known is None or (known["owner"] != user and defect not in self.defects):
            if "a code that nobody documented" in self.defects:
                raise Told("GONE_FISHING")
            if "an error becomes null" in self.defects:
                return ""
            raise Told("NOTE_NOT_FOUND", self.words())
        return note

    def words(self) -> str:
        leaky = "an error tells an ARN" in self.defects
        return "arn:aws:dynamodb:eu-west-1:1:table/notes" if leaky else "No."

    def shown(self, note: str) -> Any:
        if not note:
            return None
        held = self.notes.notes[note]
        title = None if "null where a title is promised" in self.defects else held["title"]
        off = "REST and GraphQL disagree" in self.defects
        return {
            "noteId": note, "title": title, "stars": held["stars"] + (1 if off else 0),
            "mood": "GLAD", "audit": "kept",
            "tags": [{"name": "new", "at": "2026-01-02T03:04:05.678Z"}],
        }  # fmt: skip

    def count(self, user: str, field: str) -> None:
        if user != "larry" or "aliases pass the limit" in self.defects:
            return
        self.asked += 1
        if self.asked % 10 and "limit counts one in ten" in self.defects:
            return
        try:
            self.notes.limited(user, field)
        except Refused as refused:
            info = {"limit": int(refused.headers["X-RateLimit-Limit"])}
            raise Told("LIMITED", "Later.", info) from None


def _template(defects: Collection[str]) -> dict[str, Any]:
    sdl = SDL.read_text()
    if "customers see the audit" in defects:
        sdl = sdl.replace("audit: String @aws_iam", "audit: String")
    if "customers may tell" in defects:
        sdl = sdl.replace("NoteChange @aws_iam\n}", "NoteChange\n}")
    lambdas = {"LambdaConfig": {"LambdaFunctionArn": {"Fn::GetAtt": ["Notes", "Arn"]}}}
    on = "the schema can be asked for" in defects
    api = {
        "Name": "notes", "AuthenticationType": "AWS_LAMBDA",
        "IntrospectionConfig": "ENABLED" if on else "DISABLED",
        "LambdaAuthorizerConfig": {
            "AuthorizerUri": {"Fn::GetAtt": ["Authorizer", "Arn"]},
            "AuthorizerResultTtlInSeconds": 0,
        },
        "AdditionalAuthenticationProviders": [{"AuthenticationType": "AWS_IAM"}],
    }  # fmt: skip
    of = {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}}
    resolvers = {
        f"{label.replace('.', '')}Resolver": {
            "Type": "AWS::AppSync::Resolver",
            "Properties": {
                **of, "TypeName": label.partition(".")[0], "FieldName": label.partition(".")[2],
                "DataSourceName": "notes", "Code": _HANDLER,
            },
        }
        for label in _FIELDS
    }  # fmt: skip
    return {
        "Resources": {
            "Notes": {"Type": "AWS::Serverless::Function", "Properties": {}},
            "Authorizer": {"Type": "AWS::Serverless::Function", "Properties": {}},
            "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
            "Schema": {
                "Type": "AWS::AppSync::GraphQLSchema", "Properties": {**of, "Definition": sdl},
            },
            "Source": {
                "Type": "AWS::AppSync::DataSource",
                "Properties": {**of, "Name": "notes", "Type": "AWS_LAMBDA", **lambdas},
            },
            **resolvers,
        }
    }  # fmt: skip


@contextmanager
def serving_graph(
    notes: Notes, recorder: Recorder, defects: Collection[str]
) -> Iterator[AppSyncFront]:
    """The front on a free loopback port."""
    stage = Stage(
        name="notes", target="embedded", endpoint="http://127.0.0.1:9", region="eu-west-1",
        credentials={"aws_access_key_id": "test", "aws_secret_access_key": SECRET}, base_url="",
        outputs={}, parameters={}, capabilities={},
        functions={"Notes": "notes", "Authorizer": "authorizer"}, template=_template(defects),
    )  # fmt: skip
    front = AppSyncFront(stage, invoke=Graph(notes, recorder, defects))
    front.start()
    try:
        yield front
    finally:
        front.stop()

"""The notes' functions, as they run on a target."""

import sys
from typing import Any


def notes(event: Any, _: object) -> Any:
    sys.stdout.write(f"{event['info']['fieldName']}\n")
    arguments, field = event["arguments"], event["info"]["fieldName"]
    if field == "note" and arguments["id"] == "broken":
        raise ValueError("no such page")
    if field == "notes":
        return {"items": [{"id": str(n), "must": "x"} for n in range(arguments["limit"])]}
    if field == "onNote":
        if arguments.get("owner") == "somebody-else":
            raise PermissionError("not yours")
        return None
    if field == "write":
        return {**arguments["input"], "must": event["prev"]["result"]["checked"]}
    return {"id": arguments.get("id", "mine"), "text": "hello", "must": "x", "secret": "s"}


def audit(event: Any, _: object) -> Any:
    sys.stdout.write("audit\n")
    return {"checked": "yes"}


def related(event: Any, _: object) -> Any:
    sys.stdout.write(f"{len(event)}\n")
    return [[{"id": f"{one['source']['id']}-r", "must": "x"}] for one in event]


def authorize(event: Any, _: object) -> Any:
    sys.stdout.write("authorize\n")
    return {
        "isAuthorized": event["authorizationToken"] == "let-me-in",
        "resolverContext": {"who": "me"},
        "deniedFields": ["Note.secret"],
    }

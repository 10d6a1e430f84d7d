"""Library loans: the whole service in one Lambda."""

import hashlib
import hmac
import json
import os
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
CARD_KEY = os.environ["CARD_KEY"].encode()

ISBN = re.compile(r"97[89][0-9]{10}")
MAX_RENEWALS = 3
LENGTHS = ["under a week", "one week", "two weeks", "three weeks"]


class HttpError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    route = f"{event['httpMethod']} {event['resource']}"
    try:
        member = authenticate(event)
        status, body = ROUTES[route](event, member)
    except HttpError as e:
        status, body = e.status, {"error": e.message}
    print(json.dumps({"route": route, "status": status}))  # noqa: T201
    response: dict[str, Any] = {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body) if body is not None else "",
    }
    if status == 201:
        response["headers"]["Location"] = f"/loans/{body['loanId']}"
    return response


def authenticate(event: dict[str, Any]) -> str:
    headers: dict[str, str] = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
    scheme, _, card = headers.get("authorization", "").partition(" ")
    member, _, signature = card.partition(".")
    expected = hmac.new(CARD_KEY, member.encode(), hashlib.sha256).hexdigest()
    if scheme.lower() != "bearer" or not hmac.compare_digest(signature.encode(), expected.encode()):
        raise HttpError(401, "show your library card")
    return member


def borrow(event: dict[str, Any], member: str) -> tuple[int, Any]:
    body = read_body(event, {"isbn", "days"})
    isbn = body["isbn"]
    if not isinstance(isbn, str) or not ISBN.fullmatch(isbn):
        raise HttpError(400, "isbn must be 13 digits and start with 978 or 979")
    days = read_days(body)
    loan: dict[str, Any] = {
        "loanId": uuid.uuid4().hex,
        "member": member,
        "isbn": isbn,
        "length": LENGTHS[days // 7],
        "due": due_in(days),
        "renewals": 0,
    }
    TABLE.put_item(Item=loan)
    return 201, view(loan)


def list_loans(event: dict[str, Any], member: str) -> tuple[int, Any]:
    limit = (event.get("queryStringParameters") or {}).get("limit", "20")
    if not re.fullmatch(r"[1-9][0-9]?", limit) or int(limit) > 50:
        raise HttpError(400, "limit must be from 1 to 50")
    found = TABLE.query(
        IndexName="byMember", KeyConditionExpression=Key("member").eq(member), Limit=int(limit)
    )
    return 200, {"loans": [view(loan) for loan in found["Items"]]}


def get_loan(event: dict[str, Any], member: str) -> tuple[int, Any]:
    return 200, view(find(event))


def renew(event: dict[str, Any], member: str) -> tuple[int, Any]:
    loan = find(event, member)
    days = read_days(read_body(event, {"days"}))
    if loan["renewals"] >= MAX_RENEWALS:
        raise HttpError(409, "renewed too often, please return it")
    loan["renewals"] += 1
    loan["due"] = due_in(days)
    TABLE.put_item(Item=loan)
    return 200, view(loan)


def give_back(event: dict[str, Any], member: str) -> tuple[int, Any]:
    loan = find(event, member)
    TABLE.delete_item(Key={"loanId": loan["loanId"]})
    return 204, None


def find(event: dict[str, Any], member: str | None = None) -> dict[str, Any]:
    loan: dict[str, Any] | None = TABLE.get_item(
        Key={"loanId": event["pathParameters"]["loanId"]}, ConsistentRead=True
    ).get("Item")
    if loan is None or (member is not None and loan["member"] != member):
        raise HttpError(404, "no such loan")
    return loan


def view(loan: dict[str, Any]) -> dict[str, Any]:
    fields = ("loanId", "isbn", "length", "due")
    return {**{f: loan[f] for f in fields}, "renewals": int(loan["renewals"])}


def due_in(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def read_body(event: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    try:
        body = json.loads(event.get("body") or "")
    except ValueError:
        raise HttpError(400, "the body must be JSON") from None
    if not isinstance(body, dict) or set(body) != fields:
        raise HttpError(400, f"the body must have exactly: {', '.join(sorted(fields))}")
    return body


def read_days(body: dict[str, Any]) -> int:
    days = body["days"]
    if isinstance(days, bool) or not isinstance(days, int | float) or days != days // 1:
        raise HttpError(400, "days must be a whole number")
    if not 1 <= days <= 28:
        raise HttpError(400, "days must be from 1 to 28")
    return int(days)


ROUTES = {
    "POST /loans": borrow,
    "GET /loans": list_loans,
    "GET /loans/{loanId}": get_loan,
    "POST /loans/{loanId}/renewals": renew,
    "DELETE /loans/{loanId}": give_back,
}

"""Batches of which AWS does a part: the last entry isn't done, and the answer says so."""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from harness.wire.decoding import Decoded
from harness.wire.messages import Answer

_CODE, _WHY = "InternalFailure", "injected by stageproof"
_ENTRY = re.compile(r"PublishBatchRequestEntries\.member\.(\d+)\.(\w+)")
_RESULT = b"</PublishBatchResult>"


@dataclass(frozen=True)
class Parts:
    """A batch cut in two."""

    request: bytes | None
    """What AWS is asked for; None when there is nothing left to ask."""
    merge: Callable[[Answer | None], Answer]
    """From AWS's answer to the one that tells of the part that wasn't done."""


def split(decoded: Decoded, body: bytes) -> Parts | None:
    """The batch without its last entry; None when it is none that can be done in part."""
    name = f"{decoded.service}.{decoded.operation}"
    if name == "sns.PublishBatch" and decoded.protocol == "query":
        return _of_form(body)
    cut = _CUTS.get(name)
    if cut is None or decoded.protocol != "json":
        return None
    asked = deepcopy(dict(decoded.parameters))
    told = cut(asked)
    if told is None:
        return None
    left, tell = told
    return Parts(
        json.dumps(asked).encode() if left else None,
        lambda answer: _told(answer, tell),
    )


_Cut = tuple[int, Callable[[dict[str, Any]], None]]


def _told(answer: Answer | None, tell: Callable[[dict[str, Any]], None]) -> Answer:
    made = answer or Answer(200, [(b"content-type", b"application/x-amz-json-1.0")], b"{}")
    value = json.loads(bytes(made.body) or b"{}")
    tell(value)
    return made.with_body(json.dumps(value).encode())


def _batch_write(asked: dict[str, Any]) -> _Cut | None:
    tables = {t: r for t, r in (asked.get("RequestItems") or {}).items() if r}
    if not tables:
        return None
    table, requests = list(tables.items())[-1]
    last = requests.pop()
    asked["RequestItems"] = {t: r for t, r in tables.items() if r}

    def tell(answer: dict[str, Any]) -> None:
        answer.setdefault("UnprocessedItems", {}).setdefault(table, []).append(last)

    return len(asked["RequestItems"]), tell


def _batch_get(asked: dict[str, Any]) -> _Cut | None:
    tables = {t: r for t, r in (asked.get("RequestItems") or {}).items() if r.get("Keys")}
    if not tables:
        return None
    table, wanted = list(tables.items())[-1]
    last = wanted["Keys"].pop()
    asked["RequestItems"] = {t: r for t, r in tables.items() if r["Keys"]}

    def tell(answer: dict[str, Any]) -> None:
        answer.setdefault("Responses", {}).setdefault(table, [])
        answer.setdefault("UnprocessedKeys", {})[table] = {**wanted, "Keys": [last]}

    return len(asked["RequestItems"]), tell


def _entries(asked: dict[str, Any]) -> _Cut | None:
    """SQS's batches, whose entries have ids."""
    if not asked.get("Entries"):
        return None
    last = asked["Entries"].pop()

    def tell(answer: dict[str, Any]) -> None:
        answer.setdefault("Successful", [])
        failed = {"Id": last.get("Id"), "SenderFault": False, "Code": "InternalError"}
        answer.setdefault("Failed", []).append({**failed, "Message": _WHY})

    return len(asked["Entries"]), tell


def _positions(entries: str, results: str, count: str) -> Callable[[dict[str, Any]], _Cut | None]:
    """Batches that are answered position by position, with a count of those that failed."""

    def cut(asked: dict[str, Any]) -> _Cut | None:
        if not asked.get(entries):
            return None
        asked[entries].pop()

        def tell(answer: dict[str, Any]) -> None:
            answer.setdefault(results, []).append({"ErrorCode": _CODE, "ErrorMessage": _WHY})
            answer[count] = answer.get(count, 0) + 1

        return len(asked[entries]), tell

    return cut


def _of_form(body: bytes) -> Parts | None:
    """SNS's batch: a form in, XML out."""
    form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    found = [(_ENTRY.fullmatch(k), k, v) for k, v in form]
    numbers = {int(m[1]) for m, _, _ in found if m}
    if not numbers:
        return None
    last = max(numbers)
    mine = {m[2]: v for m, _, v in found if m and int(m[1]) == last}
    rest = [(k, v) for m, k, v in found if not (m and int(m[1]) == last)]
    return Parts(
        urlencode(rest).encode() if len(numbers) > 1 else None,
        lambda answer: _xml(answer, mine),
    )


def _xml(answer: Answer | None, last: Mapping[str, str]) -> Answer:
    member = (
        f"<member><Id>{escape(last.get('Id', ''))}</Id><Code>InternalError</Code>"
        f"<Message>{_WHY}</Message><SenderFault>false</SenderFault></member>"
    ).encode()
    if answer is None:
        empty = b"<PublishBatchResponse><PublishBatchResult><Successful/>" + _RESULT
        answer = Answer(200, [(b"content-type", b"text/xml")], empty + b"</PublishBatchResponse>")
    body = re.sub(rb"<Failed\s*/>|<Failed></Failed>", b"", bytes(answer.body))
    if b"</Failed>" in body:
        return answer.with_body(body.replace(b"</Failed>", member + b"</Failed>"))
    return answer.with_body(body.replace(_RESULT, b"<Failed>" + member + b"</Failed>" + _RESULT))


_CUTS: Mapping[str, Callable[[dict[str, Any]], _Cut | None]] = {
    "dynamodb.BatchWriteItem": _batch_write,
    "dynamodb.BatchGetItem": _batch_get,
    "sqs.SendMessageBatch": _entries,
    "sqs.DeleteMessageBatch": _entries,
    "sqs.ChangeMessageVisibilityBatch": _entries,
    "events.PutEvents": _positions("Entries", "Entries", "FailedEntryCount"),
    "kinesis.PutRecords": _positions("Records", "Records", "FailedRecordCount"),
    "firehose.PutRecordBatch": _positions("Records", "RequestResponses", "FailedPutCount"),
}
BATCHES = frozenset((*_CUTS, "sns.PublishBatch"))
"""Operations that AWS may do in part."""

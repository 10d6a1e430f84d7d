"""Reads as they were answered before the last write, for as long as replicas may lag behind."""

import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.model import Json
from harness.wire.decoding import Decoded
from harness.wire.messages import Answer

READS = frozenset(("GetItem", "BatchGetItem", "Query", "Scan"))
_WRITES = frozenset(
    ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
     "ExecuteStatement", "ExecuteTransaction", "BatchExecuteStatement")
)  # fmt: skip
_LAG = 2.0
"""Seconds after a write in which an eventually consistent read may not show it."""
_REMEMBERED = 512
_LARGEST = 65_536


@dataclass(frozen=True)
class _Seen:
    answer: Answer
    at: float


class Stale:
    """Remembers what reads of DynamoDB were answered, and when what they read was written."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reads: OrderedDict[str, deque[_Seen]] = OrderedDict()
        self._written: dict[str | None, float] = {}
        self._created: deque[tuple[float, str | None, Mapping[str, Json]]] = deque(maxlen=200)

    def learn(self, decoded: Decoded, resource: str | None, answer: Answer) -> None:
        """A call was answered well."""
        if decoded.service != "dynamodb":
            return
        if decoded.operation in _WRITES:
            self._written[resource] = self._clock()
            if _creates(decoded):
                item = decoded.parameters.get("Item") or {}
                self._created.append((self._clock(), resource, item))
        elif decoded.operation in READS and len(answer.body) < _LARGEST:
            seen = self._reads.setdefault(_question(decoded), deque(maxlen=2))
            self._reads.move_to_end(_question(decoded))
            seen.append(_Seen(answer, self._clock()))
            while len(self._reads) > _REMEMBERED:
                self._reads.popitem(last=False)

    def older(self, decoded: Decoded, resource: str | None) -> Answer | None:
        """What a replica that lags could answer; None where nothing older can be told.

        Only for reads that don't ask for consistency, of a table written a moment ago.
        """
        if decoded.service != "dynamodb" or decoded.operation not in READS:
            return None
        written = self._written.get(resource)
        if decoded.parameters.get("ConsistentRead") or written is None:
            return None
        if self._clock() - written > _LAG:
            return None
        seen = [s for s in self._reads.get(_question(decoded), ()) if s.at < written]
        if seen:
            return seen[-1].answer
        return self._before_creation(decoded, resource)

    def _before_creation(self, decoded: Decoded, resource: str | None) -> Answer | None:
        """An item that was just created isn't there yet."""
        key = decoded.parameters.get("Key")
        if decoded.operation != "GetItem" or not isinstance(key, Mapping):
            return None
        fresh = self._clock() - _LAG
        for at, table, item in self._created:
            if at > fresh and table == resource and all(item.get(k) == v for k, v in key.items()):
                return Answer(200, [(b"content-type", b"application/x-amz-json-1.0")], b"{}")
        return None


def _creates(decoded: Decoded) -> bool:
    condition = str(decoded.parameters.get("ConditionExpression", ""))
    return decoded.operation == "PutItem" and "attribute_not_exists" in condition


def _question(decoded: Decoded) -> str:
    asked = {k: v for k, v in decoded.parameters.items() if k != "ConsistentRead"}
    return decoded.operation + json.dumps(asked, sort_keys=True, default=str)

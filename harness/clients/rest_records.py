"""How calls of a REST API stand in a history, whoever sent them."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.model import Json, Kind
from harness.recorder import Recorder

_KEPT_HEADERS = (
    "content-type", "retry-after", "location", "idempotent-replayed", "x-correlation-id",
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-amzn-errortype",
)  # fmt: skip


class RestRecords:
    """Writes a call's two records; ``keys`` are the fields that name the entity."""

    def __init__(self, recorder: Recorder, keys: Sequence[str]) -> None:
        self._recorder = recorder
        self._keys = tuple(keys)

    def asked(
        self,
        name: str,
        *,
        identity: str | None,
        path: Mapping[str, Any],
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: Json,
    ) -> int:
        """A call of ``METHOD /path`` begins; gives its number. To be recorded before it is sent,
        so that nothing that it brings about is seen before it."""
        return self._recorder.invoke(
            "client",
            name,
            key=self._key(path, body),
            value={
                "identity": identity,
                "path": dict(path),
                "query": dict(query),
                "headers": {k.lower(): v for k, v in headers.items()},
                "body": body,
            },
        )

    def answered(
        self,
        call: int,
        status: int | None,
        *,
        seconds: float,
        headers: Mapping[str, str],
        body: Json,
        error: str | None = None,
        asked: Sequence[Json] = (),
    ) -> None:
        """It was answered, or not: without a status it may have happened.

        ``headers`` are looked up in lower case; ``asked`` are the request's path parameters and
        body, which may name the entity where the answer doesn't.
        """
        self._recorder.complete(
            call,
            _kind(status),
            key=self._key(*asked, body),
            value={
                "status": status,
                "seconds": round(seconds, 4),
                "headers": {k: headers[k] for k in _KEPT_HEADERS if k in headers},
                "body": body,
                **({"reason": error.partition(":")[0]} if error else {}),
            },
        )

    def _key(self, *places: Json) -> str | None:
        """The first of the key fields found, looking at the places in order."""
        for place in places:
            if isinstance(place, Mapping):
                for name in self._keys:
                    if isinstance(place.get(name), str):
                        return str(place[name])
        return None


def _kind(status: int | None) -> Kind:
    if status is None or status >= 500:
        return "info"
    return "fail" if status >= 400 else "ok"

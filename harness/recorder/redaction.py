"""What may stand in a history: an allow-list of field names, so that a new field starts hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.model import Json

# What the harness itself writes into values; none of it is the application's data.
_OURS = frozenset({
    "status", "seconds", "request", "response", "headers", "body", "query", "path", "from", "to",
    "event", "old", "new", "count", "code", "type", "title", "reason", "kind", "operation",
    "attempt", "attempts", "environment", "function", "result", "identity", "limit", "remaining",
    "reset", "document", "selection", "fault", "quiet", "messageId", "receives", "delay",
    "content-type", "retry-after", "location", "idempotent-replayed", "deprecation", "sunset",
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-correlation-id",
    "idempotency-key", "variables", "errors", "errorType", "errorCode", "mode", "subscriber", "via",
    "sequence", "x-amzn-errortype", "outcome",
    "flaws", "message", "invocation", "cause", "resource", "sdkCall", "tie", "keys", "messageIds",
    "coldStart", "keyOf",
    # Of AWS's requests: what harness/wire/fields.py lets through, none of it a value of the
    # application's.
    "UpdateExpression", "ConditionExpression", "ReturnValues", "IndexName", "ConsistentRead",
    "Limit", "Select", "KeyConditionExpression", "DelaySeconds", "MessageGroupId",
    "MessageDeduplicationId", "VisibilityTimeout", "DetailType", "Source", "VersionStage", "Key",
    "InvocationType",
})  # fmt: skip

_LONGEST = 400
_WIDE = 2**63
"""Whole numbers of more bits come back from a file as something else."""


@dataclass(frozen=True)
class Redaction:
    """Keeps the scalars of allowed fields; of others only their type and length."""

    allow: frozenset[str] = field(default=_OURS)

    @classmethod
    def allowing(cls, names: Iterable[str]) -> "Redaction":
        """The harness's own names and these of the application."""
        return cls(_OURS | frozenset(names))

    def __call__(self, value: Json) -> Json:
        """A copy of ``value`` fit for a history."""
        return self._walk(value, allowed=True)

    def _walk(self, value: Json, *, allowed: bool) -> Json:
        if type(value) is dict or isinstance(value, Mapping):
            return {
                writable(str(k)): self._walk(
                    v, allowed=str(k) in self.allow or str(k).lower() in self.allow
                )
                for k, v in value.items()
            }
        if type(value) is str:
            return _shown(value) if allowed else _hidden(value)
        if isinstance(value, list | tuple):
            return [self._walk(v, allowed=allowed) for v in value]
        if value is None or isinstance(value, bool):
            return value
        return _scalar(value) if allowed else _hidden(value)


def _hidden(value: Json) -> str:
    return f"<{type(value).__name__} {len(value)}>" if isinstance(value, str) else "<number>"


def _scalar(value: Json) -> Json:
    if isinstance(value, int) and not -_WIDE <= value < _WIDE:
        return f"<int of {value.bit_length()} bits>"
    return _shown(value) if isinstance(value, str) else value


def _shown(value: str) -> str:
    text = writable(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def writable(text: str) -> str:
    """The text as UTF-8 can have it: JSON's escapes can name half a character, a file can't."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

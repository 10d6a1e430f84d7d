"""Laws of one GraphQL answer, held against every one whoever asked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLError, parse

from harness.config import GraphQlRun
from harness.engine.contract.graphql.reading import (
    BROKEN,
    INVALID,
    NULL,
    Reading,
    code_of,
    failed,
)
from harness.engine.contract.graphql.shape import Shape, generic
from harness.engine.contract.response_laws import Broken
from harness.model import Json
from harness.specs import GraphQl

# What AppSync itself answers, by its documentation:
# https://docs.aws.amazon.com/appsync/latest/devguide/troubleshooting-and-common-mistakes.html and
# https://docs.aws.amazon.com/general/latest/gr/appsync.html (quotas)
ENGINE = frozenset({
    INVALID, "Unauthorized", "UnauthorizedException", "BadRequestException",
    "MalformedHttpRequestException", "RequestEntityTooLargeException", "ThrottlingException",
    "LimitExceededException", "QueryDepthLimitReached", "ResolverExecutionLimitReached",
    "AccessDeniedException", "IncompleteSignatureException", "InvalidSignatureException",
    "UnrecognizedClientException", "MaxSubscriptionsReachedError", "SubscriptionProcessingError",
    "UnknownOperationError", "UnsupportedOperation",
})  # fmt: skip
_REFUSALS = frozenset({400, 401, 403, 405, 413, 415, 429})
_MEDIA_TYPES = ("application/json", "application/graphql-response+json")
_KEYS = {"data", "errors", "extensions"}
_LEAKS = {
    "a stack trace": re.compile(
        r"Traceback \(most|\bFile \"[^\"]+\", line \d+|^\s+at [\w.$<>]+\(.*:\d+", re.MULTILINE
    ),
    "an ARN": re.compile(r"\barn:aws[\w-]*:\w+:"),
    "a path of the function's": re.compile(r"/var/task\b|/opt/python\b|site-packages"),
    "an AWS client's error": re.compile(r"\bAn error occurred \(\w+\) when calling\b|botocore"),
}


@dataclass(frozen=True)
class Ground:
    """What answers are judged on."""

    api: GraphQl
    settings: GraphQlRun
    internals: frozenset[str] = field(default_factory=frozenset)
    """Names of the stage's resources that no caller should read in an error."""

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the contract's."""
        enums = [self.settings.errors] if self.settings.errors else self.api.code_enums
        return frozenset(v for enum in enums for v in self.api.values_of(enum))


AnswerLaw = Callable[[Ground, Reading], Iterator[Broken]]


def server_errors(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """Nothing fails: no 5xx, no function that raises or takes too long, no code of a defect."""
    where, status = _where(reading), reading.answer.status
    if status >= 500:
        yield Broken("not_a_server_error", str(status), f"{where}: the server failed")
        return
    for error in reading.errors:
        code = code_of(error)
        if failed(code) or code in ground.settings.defects:
            yield Broken(
                "not_a_server_error", code, f"{where}: what resolves it failed",
                str(error.get("message", ""))[:400],
            )  # fmt: skip


def envelope(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """The answer is a GraphQL response, and its status and its parts agree."""
    status = reading.answer.status
    if status >= 500:
        return
    wrong = _wrong_envelope(reading)
    if wrong:
        yield Broken(
            "GraphQL response", f"{status} {wrong}",
            f"{_label(reading)} answered {status} with {wrong}",
        )  # fmt: skip


def _wrong_envelope(reading: Reading) -> str:
    answer, body = reading.answer, reading.body
    media_type, refused = answer.media_type, answer.status != 200
    wrongs = {
        f"the media type {media_type or 'missing'}, not JSON": media_type not in _MEDIA_TYPES,
        "no object of data and errors": not body or not body.keys() <= _KEYS,
        "errors that are no list of objects with a message or an errorType": (
            "errors" in body and not _are_errors(body["errors"])
        ),
        "a status that AppSync doesn't have": refused and answer.status not in _REFUSALS,
        "data, though it is a refusal": refused and body.get("data") is not None,
        "neither data nor errors": not body.get("errors") and body.get("data") is None,
    }
    return next((what for what, wrong in wrongs.items() if wrong), "")


def _are_errors(given: Json) -> bool:
    if not isinstance(given, list) or not given:
        return False
    return all(
        isinstance(e, Mapping)
        and (isinstance(e.get("message"), str) or isinstance(e.get("errorType"), str))
        and isinstance(e.get("path"), list | None)
        and isinstance(e.get("locations"), list | None)
        for e in given
    )


def error_codes(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """Every error has a code that its field's contract documents, or one of AppSync's own."""
    for error in reading.errors:
        code = code_of(error)
        if code in ENGINE or code == BROKEN or failed(code) or code in ground.settings.defects:
            continue
        documented = _documented(ground, reading)
        if documented is not None and code not in documented:
            yield Broken(
                "error codes", code,
                f"{_label(reading)} answered {code}, which is not documented",
                f"Documented: {', '.join(sorted(documented)) or 'none'}. "
                f"It said: {str(error.get('message', ''))[:200]}",
            )  # fmt: skip


def _documented(ground: Ground, reading: Reading) -> frozenset[str] | None:
    """The codes that a field may have; None where nothing says."""
    if reading.asked is not None and reading.asked.field.says_errors:
        return frozenset(reading.asked.field.codes)
    return ground.codes or None


def error_paths(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """An error of a field's has its path, and there is null where it leads."""
    if reading.asked is None:
        return
    for error in reading.errors:
        code, path = code_of(error), error.get("path")
        if path is None and code in ground.codes:
            yield Broken(
                "error paths", f"{code} no path", f"{_where(reading)} without the path of its field"
            )
        elif isinstance(path, list) and _at(reading.data, path) is not None:
            yield Broken(
                "error paths", f"{code} not null",
                f"{_where(reading)} for a field that has a value all the same",
                f"Its path is {'/'.join(map(str, path))}.",
            )  # fmt: skip


def data_shape(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """Data is what the document asks for, as the schema promises it."""
    for error in reading.errors:
        if code_of(error) == BROKEN:
            at = [p for p in error.get("path") or () if not isinstance(p, int)]
            yield Broken(
                "data shape", "/".join(map(str, at)),
                f"{_label(reading)} was resolved to what its type can't be",
                str(error.get("message", ""))[:400],
            )  # fmt: skip
    if reading.asked is None or reading.data is None:
        return
    try:
        document = parse(reading.asked.text)
    except (GraphQLError, RecursionError):
        yield Broken(
            "data shape", "unparsed", f"{_label(reading)} has data for a document that isn't one"
        )
        return
    shape = Shape(ground.api.schema, document, reading.asked.variables)
    for flaw in shape.flaws(reading.data):
        yield Broken(
            "data shape", generic(flaw.path), f"{_label(reading)} gave data off its schema",
            str(flaw),
        )  # fmt: skip
        return


def null_with_reason(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """A field that documents its errors is not null without one: a swallowed error looks so."""
    asked = reading.asked
    if asked is None or not asked.field.says_errors or reading.outcome != NULL:
        return
    if isinstance(reading.data, Mapping) and reading.root in reading.data:
        yield Broken(
            "null with a reason", "null", f"{_label(reading)} is null without an error",
            "Its contract documents errors, so a null should have one with its path.",
        )  # fmt: skip


def no_leaks(ground: Ground, reading: Reading) -> Iterator[Broken]:
    """No error says what is inside: stack traces, ARNs, names of tables, queues and functions."""
    for text in reading.texts():
        for what, sign in _LEAKS.items():
            if sign.search(text):
                yield _leak(reading, what, text)
                return
        for name in ground.internals:
            if name in text:
                yield _leak(reading, "the name of a resource", text)
                return


def _leak(reading: Reading, what: str, text: str) -> Broken:
    return Broken("no leaks", what, f"{_label(reading)} told {what} in an error", text[:300])


ANSWER_LAWS: tuple[AnswerLaw, ...] = (
    server_errors, envelope, error_codes, error_paths, data_shape, null_with_reason, no_leaks,
)  # fmt: skip
SUBSCRIPTION_LAWS: tuple[AnswerLaw, ...] = (server_errors, error_codes, no_leaks)
"""Those of what subscribing is answered: there is no data yet."""


def _where(reading: Reading) -> str:
    return f"{_label(reading)} answered {reading.outcome}"


def _label(reading: Reading) -> str:
    return reading.asked.field.label if reading.asked else "The endpoint"


def _at(data: Json, path: Sequence[Json]) -> Json:
    for part in path:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data

"""Requests at the edge that no schema describes: sizes, media types, repeats, and the limit."""

import json
from collections.abc import Mapping
from dataclasses import replace

from harness.engine.contract.answer import Answer
from harness.engine.contract.probe import Probing, documented
from harness.engine.contract.request import Request
from harness.model import Identity, Json, UnknownKind
from harness.specs import Operation

MOST = 400
"""Requests that are sent at most to use a limit up."""


def run_edges(probing: Probing, operation: Operation, limited: Identity | None) -> None:
    """Everything that applies to the operation."""
    requests = probing.caller.requests(operation, probing.identity)
    if requests and operation.body is not None:
        _bodies(probing, requests[0])
    if operation.idempotent:
        _repeats(probing, requests)
    if operation.rate_limited:
        _limit(probing, operation, limited)


def _bodies(probing: Probing, request: Request) -> None:
    again = probing.caller.again
    limit = request.operation.max_body_bytes
    if limit is not None and request.body is not None:
        size = f"a body of {limit + 1} bytes"
        probing.probe(
            "body size", size, _padded(again(request), limit + 1), documented(request, "413")
        )
        _not_too_large(probing, _padded(again(request), limit))
    for body, what in (
        (b'{"', "a body that is cut off"),
        (b"\xff\xfe{}", "a body that is no text"),
    ):
        expected = documented(request, "400", "422")
        if probing.caller.signature_headers(request.operation) and what.endswith("text"):
            # A gateway may turn such bytes into text, and then no signature fits them.
            expected |= documented(request, "401")
        probing.probe("malformed body", what, again(request).with_body(body), expected)
    if "415" in request.operation.responses:
        for media_type in ("text/plain", "application/xml"):
            probing.probe(
                "media type", f"a body declared as {media_type}",
                again(request).with_header("Content-Type", media_type), {"415"},
            )  # fmt: skip


def _padded(request: Request, size: int) -> Request:
    """The same JSON, with spaces after it up to this many bytes."""
    return replace(request, body=(request.body or b"").ljust(size))


def _not_too_large(probing: Probing, request: Request) -> None:
    what = f"a body of exactly {request.operation.max_body_bytes} bytes"
    answer = probing.caller.call(request, probing.identity)
    probing.cases.add(request.operation.label, "body size", what)
    if answer is not None and answer.status == 413:
        title = f"{request.operation.label} answered 413 to {what}, which is allowed"
        probing.said("body size", what, title, "", answer, request.operation.label)


def _repeats(probing: Probing, requests: list[Request]) -> None:
    """A repeat with the same key is answered as before; with another body it is refused."""
    if not requests:
        return
    caller, operation = probing.caller, requests[0].operation
    request = caller.again(requests[0])
    first = caller.call(request, probing.identity)
    second = caller.call(request, probing.identity)
    probing.cases.add(operation.label, "idempotency", "repeat")
    if first and second and 200 <= first.status < 300:
        _same(probing, operation, first, second)
    other = _other(requests)
    if other is None or first is None or first.status >= 300:
        return
    reused = replace(other, headers={**other.headers, **_keys(request)})
    probing.probe(
        "idempotency", "a key that was used for another body", reused,
        documented(request, "422", "409"),
    )  # fmt: skip


def _same(probing: Probing, operation: Operation, first: Answer, second: Answer) -> None:
    if (first.status, first.json) != (second.status, second.json):
        probing.said(
            "idempotency", "repeat", f"{operation.label} answered a repeated request otherwise",
            f"First {first.status} {_brief(first.json)}, then {second.status} "
            f"{_brief(second.json)}, with the same key and body.", second, operation.label,
        )  # fmt: skip


def _other(requests: list[Request]) -> Request | None:
    """A valid request with another body; None for an operation without one."""
    return next((r for r in requests[1:] if r.body != requests[0].body), None)


def _keys(request: Request) -> Mapping[str, str]:
    fresh = {p.name for p in request.operation.parameters if p.fresh and p.place == "header"}
    return {k: v for k, v in request.headers.items() if k in fresh}


def _limit(probing: Probing, operation: Operation, limited: Identity | None) -> None:
    """Use a window up: what is accepted in it is never more than the limit, then comes 429."""
    exchanges = probing.caller.exchanges
    who = limited or probing.identity
    request = probing.caller.request(operation, who)
    if request is None:
        return
    windows: dict[str, int] = {}
    used: set[str] = set()
    limit = MOST
    for sent in range(MOST):
        answer = probing.caller.call(probing.caller.again(request), who)
        if answer is None:
            break
        limit = _number(answer, "x-ratelimit-limit", limit)
        if answer.status == 429:
            if answer.headers.get("x-ratelimit-reset") not in used:
                _refused(probing, operation, answer, windows, limit)
            probing.cases.add(operation.label, "rate limit", "window used up")
            return
        window = answer.headers.get("x-ratelimit-reset", "")
        if window not in windows and _number(answer, "x-ratelimit-remaining", 0) != limit - 1:
            used.add(window)  # something before us took a part of it
        windows[window] = windows.get(window, 0) + 1
        if windows[window] > limit:
            title = f"{operation.label} accepted {windows[window]} requests of a limit of {limit}"
            probing.said("rate limit", "exceeded", title, "", answer, operation.label)
            return
        if limit > MOST // 4 or (limit == MOST and sent > MOST // 4):
            break
    exchanges.breaches.doubt(
        UnknownKind.NOTHING_SEEN, f"429 of {operation.label}",
        f"the limit of {who.name} ({limit} requests) was not used up; give [checks] limited an "
        "identity of a low tier", exchanges.unit.id,
    )  # fmt: skip


def _refused(
    probing: Probing, operation: Operation, answer: Answer, windows: Mapping[str, int], limit: int
) -> None:
    accepted = windows.get(answer.headers.get("x-ratelimit-reset", ""), 0)
    if accepted < limit:
        probing.said(
            "rate limit", "too early",
            f"{operation.label} refused a request after {accepted} of {limit} in this window",
            "", answer, operation.label,
        )  # fmt: skip


def _number(answer: Answer, header: str, otherwise: int) -> int:
    text = answer.headers.get(header, "")
    return int(text) if text.isdigit() else otherwise


def _brief(value: Json) -> str:
    text = json.dumps(value)
    return text if len(text) <= 120 else text[:119] + "…"

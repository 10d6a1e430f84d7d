"""Sends requests of ours, and finds real values for them by following the contract's links."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from urllib.parse import unquote

import requests

from harness.engine.contract.answer import Answer, Sent, key_in
from harness.engine.contract.conformance import conformance
from harness.engine.contract.exchanges import clock
from harness.engine.contract.request import Fresh, Request, valid_requests
from harness.engine.contract.rest_exchanges import RestExchanges
from harness.model import Identity, Json
from harness.specs import Credentials, Link, Operation, Parameter

NOBODY = Identity("nobody", None)


class Caller:
    """An HTTP client of one unit. ``call`` gives None when no answer came."""

    def __init__(self, exchanges: RestExchanges) -> None:
        self.exchanges = exchanges
        self.api = exchanges.context.contracts.openapi
        self.credentials = Credentials(self.api, exchanges.context.signed)
        self.fresh = Fresh(exchanges.context.recorder.header.run, exchanges.unit.id)
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the person's must not stand in between
        self._found: dict[tuple[str, ...], Json] = {}
        self._asking: set[tuple[str, ...]] = set()

    def __enter__(self) -> "Caller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._session.close()

    def requests(self, operation: Operation, identity: Identity) -> list[Request]:
        """Valid requests of an operation for this customer, one for each example body."""
        return list(
            valid_requests(self.api, operation, self.fresh, lambda o, p: self.value(o, p, identity))
        )

    def request(self, operation: Operation, identity: Identity) -> Request | None:
        """One valid request, or None when the contract doesn't say enough to make it."""
        return next(iter(self.requests(operation, identity)), None)

    def again(self, request: Request) -> Request:
        """The same request as a new one: with new values where each request takes its own."""
        headers = dict(request.headers)
        for parameter in request.operation.parameters:
            if parameter.fresh and parameter.place == "header" and parameter.name in headers:
                headers[parameter.name] = self.fresh.value(self.api, parameter) or ""
        return replace(request, headers=headers)

    def call(self, request: Request, identity: Identity, *, signed: bool = True) -> Answer | None:
        """Send it with the customer's token and, where the operation asks, their API key and
        a signature."""
        exchanges, context = self.exchanges, self.exchanges.context
        headers = dict(request.headers)
        if identity.token is not None and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {identity.token}"
        headers = {**self.keys(request.operation, identity), **headers}
        if signed:
            headers |= self.signatures(request.operation, request.body or b"")
        if context.correlation_header.lower() not in (h.lower() for h in headers):
            headers[context.correlation_header] = exchanges.correlation()
        secret = self.secret_headers(request.operation)
        method, target = request.operation.method, request.target
        sent = Sent(method, target, headers, request.body, identity.name, secret)
        key = key_in(tuple(context.keys), request.path, request.document)
        call = exchanges.begin(request.operation.label, sent, key)
        start = clock()
        try:
            response = self._session.request(
                method, f"{context.base_url}{target}", data=request.body, timeout=context.timeout,
                headers={k: v.encode("latin-1", "replace") for k, v in headers.items()},
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            exchanges.fail(call, request.operation.label, sent, error)
            return None
        answer = exchanges.answered(
            call, request.operation, sent, response.status_code, response.headers,
            response.content, clock() - start,
        )  # fmt: skip
        for broken in conformance(self.api, request.operation, answer):
            exchanges.breach(request.operation.label, broken, answer)
        return answer

    def keys(self, operation: Operation, identity: Identity) -> dict[str, str]:
        """The headers that carry the customer's API key, where the operation asks for one."""
        return self.credentials.keys(operation, identity)

    def signature_headers(self, operation: Operation) -> dict[str, str]:
        """Header name → security scheme, for the schemes that sign the body."""
        return self.credentials.headers(operation, "signature")

    def secret_headers(self, operation: Operation) -> frozenset[str]:
        """Names, in small letters, of headers that nobody else may see."""
        of = self.credentials.headers
        names = [*of(operation, "signature"), *of(operation, "key")]
        return frozenset(name.lower() for name in names)

    def signatures(self, operation: Operation, body: bytes) -> dict[str, str]:
        """The headers that sign this body; none where nobody knows how."""
        signers = self.exchanges.context.signatures
        return {
            header: signers[scheme](body)
            for header, scheme in self.signature_headers(operation).items()
            if scheme in signers
        }

    def value(self, operation: Operation, parameter: Parameter, identity: Identity) -> Json:
        """A real value for a parameter, found by following a link to it; None without one."""
        for link, expression in self.links_to(operation, parameter):
            if _name(link) in self._asking:
                continue  # to find it we would need it
            found = self._follow(link, expression, identity)
            if found is not None:
                return found
        return None

    def links_to(self, operation: Operation, parameter: Parameter) -> list[tuple[Link, str]]:
        """The links that give this parameter, and the expression that does."""
        return [
            (link, link.parameters[name])
            for link in self.api.links
            if link.target == operation.id and link.source != operation.id
            for name in (f"{parameter.place}.{parameter.name}", parameter.name)
            if name in link.parameters and self._usable(link)
        ]

    def _usable(self, link: Link) -> bool:
        """Whether a customer's request can follow it: not one that only a partner could sign."""
        source = self.api.operation(link.source)
        return not self.signature_headers(source) and link.status.startswith("2")

    def _follow(self, link: Link, expression: str, identity: Identity) -> Json:
        known = (identity.name, expression, *_name(link))
        if known not in self._found:
            self._asking.add(_name(link))
            try:
                request = self.request(self.api.operation(link.source), identity)
            finally:
                self._asking.discard(_name(link))
            answer = self.call(request, identity) if request else None
            self._found[known] = (
                evaluate(expression, request, answer)
                if request and answer and str(answer.status) == link.status
                else None
            )
        return self._found[known]


def _name(link: Link) -> tuple[str, ...]:
    return (link.source, link.status, link.name)


def evaluate(expression: str, request: Request, answer: Answer) -> Json:
    """The value of an OpenAPI runtime expression; None when it leads nowhere."""
    match = re.fullmatch(
        r"\$(request|response)\.(body|header|path|query)[#.]?(.*)", str(expression)
    )
    if match is None:
        return None
    source, part, rest = match.groups()
    if part == "body":
        return _pointer(answer.json if source == "response" else request.document, rest)
    if source == "response":
        return answer.headers.get(rest.lower())
    places: Mapping[str, Mapping[str, str]] = {
        "header": {k.lower(): v for k, v in request.headers.items()},
        "path": request.path, "query": request.query,
    }  # fmt: skip
    return places[part].get(rest.lower() if part == "header" else rest)


def _pointer(value: Json, pointer: str) -> Json:
    for part in filter(None, unquote(pointer).split("/")):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value

"""Schemathesis' way to the stage, with a listener on it."""

from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis import Case, Response
from schemathesis.core import NotSet
from schemathesis.transport.requests import RequestsTransport

from harness.engine.contract.answer import Answer, Sent, key_in
from harness.engine.contract.caller import Caller
from harness.engine.contract.cases import named
from harness.engine.contract.exchanges import clock
from harness.engine.contract.rest_exchanges import RestExchanges
from harness.model import Identity, Json
from harness.specs import Operation, Parameter

REAL_IN = 2
"""One in so many generated values that a link could give is replaced by a real one."""


class ListeningTransport(RequestsTransport):
    """Sends what Schemathesis makes, with real ids, fresh keys and signatures where due.

    Every request that Schemathesis sends for a case goes through here, those of its checks too.
    """

    def __init__(
        self, exchanges: RestExchanges, caller: Caller, identity: Identity, *, replace: bool
    ) -> None:
        super().__init__()
        self._serializers = _serializers()
        self._exchanges = exchanges
        self._caller = caller
        self._identity = identity
        self._replace = replace
        self.answers: dict[str, Answer] = {}
        self.prints: dict[str, Json] = {}
        """Case → what makes it, values taken from answers by name."""
        self._drawn = 0

    def send(self, case: Case[Any], **kwargs: Any) -> Response:
        """As Schemathesis' own, recorded."""
        exchanges, context = self._exchanges, self._exchanges.context
        operation = context.contracts.openapi.operation(
            f"{case.operation.method.upper()} {case.operation.path}"
        )
        taken = self._fill(operation, case)
        self.prints.setdefault(case.id, _print(case, taken))
        headers = dict(kwargs.pop("headers", None) or {})
        if context.correlation_header.lower() not in (h.lower() for h in case.headers):
            headers[context.correlation_header] = exchanges.correlation()
        given = {header.lower() for header in case.headers}
        keys = self._caller.keys(operation, self._identity)
        headers |= {name: key for name, key in keys.items() if name.lower() not in given}
        kwargs["headers"] = headers
        if self._wants_signature(operation, case):
            kwargs["auth"] = _Signing(self._caller, operation)
        body = case.body if not isinstance(case.body, NotSet) else None
        key = key_in(tuple(context.keys), case.path_parameters, body)
        secret = self._caller.secret_headers(operation)
        sent = Sent(case.method, case.formatted_path, headers, None, self._identity.name, secret)
        call = exchanges.begin(operation.label, sent, key)
        start = clock()
        try:
            response = super().send(case, **kwargs)
        except Exception as error:
            exchanges.fail(call, operation.label, sent, error)
            raise
        really = self._sent(operation, response)
        self.answers[case.id] = exchanges.answered(
            call, operation, really, response.status_code, _flat(response.headers),
            response.content or b"", clock() - start,
        )  # fmt: skip
        return response

    def _fill(self, operation: Operation, case: Case[Any]) -> dict[str, str]:
        """Put fresh and real values in. Gives place.name → what it was filled with."""
        taken: dict[str, str] = {}
        api = self._exchanges.context.contracts.openapi
        for parameter in operation.parameters:
            values = _values(case, parameter.place)
            if values is None or parameter.name not in values:
                continue
            value = values[parameter.name]
            if not isinstance(value, str) or not api.validator(parameter.schema).is_valid(value):
                continue  # drawn to be refused
            filled = self._filling(operation, parameter, value)
            if filled is not None:
                taken[f"{parameter.place}.{parameter.name}"], values[parameter.name] = filled
        return taken

    def _filling(
        self, operation: Operation, parameter: Parameter, value: str
    ) -> tuple[str, str] | None:
        api = self._exchanges.context.contracts.openapi
        correlates = parameter.name.lower() == self._exchanges.context.correlation_header.lower()
        if parameter.fresh or correlates:
            # A correlation id of its own, too: it is what the log lines are found by.
            fresh = self._caller.fresh.value(api, parameter, like=value)
            return (f"fresh {len(value)}", fresh) if fresh else None
        links = self._caller.links_to(operation, parameter)
        if not (self._replace and links):
            return None
        self._drawn += 1
        if self._drawn % REAL_IN != 1:
            return None
        real = self._caller.value(operation, parameter, self._identity)
        # Named even when the stage gave none, so that the cases are the same on every target.
        return (f"link to {parameter.name}", real if isinstance(real, str) else value)

    def _wants_signature(self, operation: Operation, case: Case[Any]) -> bool:
        given = {h.lower() for h in case.headers}
        wanted = self._caller.signature_headers(operation)
        return bool(wanted) and not any(h.lower() in given for h in wanted)

    def _sent(self, operation: Operation, response: Response) -> Sent:
        request = response.request
        body = request.body
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None
        base = self._exchanges.context.base_url
        headers = {
            k: v if isinstance(v, str) else v.decode("latin-1") for k, v in request.headers.items()
        }
        return Sent(
            str(request.method), str(request.url).removeprefix(base), headers,
            raw, self._identity.name,
            self._caller.secret_headers(operation),
        )  # fmt: skip


class _Signing(AuthBase):
    """Signs the body as it goes out."""

    def __init__(self, caller: Caller, operation: Operation) -> None:
        self._caller = caller
        self._operation = operation

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
        request.headers.update(self._caller.signatures(self._operation, raw))
        return request


def _serializers() -> Any:
    from schemathesis.transport.requests import REQUESTS_TRANSPORT  # noqa: PLC0415

    return REQUESTS_TRANSPORT._serializers


def _values(case: Case[Any], place: str) -> Any:
    return {
        "path": case.path_parameters, "query": case.query, "header": case.headers,
        "cookie": case.cookies,
    }.get(place)  # fmt: skip


def _print(case: Case[Any], taken: Mapping[str, str]) -> Json:
    # A token is another one in every run, and who sends it is no part of the case.
    headers = {k: v for k, v in case.headers.items() if k.lower() != "authorization"}

    def of(place: str) -> dict[str, str]:
        return {k.partition(".")[2]: v for k, v in taken.items() if k.startswith(f"{place}.")}

    return [
        case.method, case.path, named(case.path_parameters, of("path")),
        named(case.query, of("query")), named(headers, of("header")),
        named(case.cookies, of("cookie")),
        None if isinstance(case.body, NotSet) else case.body, case.media_type,
    ]  # fmt: skip


def _flat(headers: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: ", ".join(values) for name, values in headers.items()}

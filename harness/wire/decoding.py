"""What an HTTP request asks of AWS: service, operation and parameters, in any of its protocols."""

import gzip
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from harness.model import Json
from harness.wire.models import Models
from harness.wire.routes import Routes
from harness.wire.shapes import from_cbor, from_form, from_json, from_xml, jsonvalue, scalar

UNKNOWN = "unknown"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]*/([^/]+)/aws4_request")
_SMITHY = re.compile(r"/service/([^/]+)/operation/([^/]+)/?$")
_BUCKET_HOST = re.compile(r"(.+)\.s3[.-]")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Decoded:
    """One request, understood as far as it can be."""

    service: str
    operation: str
    protocol: str
    """``json``, ``smithy-rpc-v2-cbor``, ``query``, ``ec2``, ``rest-json`` or ``rest-xml``."""
    parameters: Mapping[str, Json] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether AWS's models have it."""
        return self.operation != UNKNOWN


class Decoder:
    """Decodes requests. What it needs of a service is read when that is first called."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._targets: dict[str, tuple[str, str] | None] = {}
        self._routes: dict[str, Routes] = {}

    def decode(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Decoded:
        """Understand a request. ``headers`` are by lower-case name.

        Raises nothing: what can't be understood is of an unknown operation.
        """
        aim = headers.get("x-amz-target")
        if aim is not None:
            found = self._by_target(aim)
            if found is not None:
                content = _plain(headers, body)
                return Decoded(*found, "json", from_json(content))
        path, _, query = target.partition("?")
        smithy = _SMITHY.search(path)
        if smithy and "smithy-protocol" in headers:
            return self._by_smithy(smithy, headers, body)
        return self._by_form(headers, query, body) or self._by_route(
            method, path, query, headers, body
        )

    def _by_target(self, aim: str) -> tuple[str, str] | None:
        if aim not in self._targets:
            prefix, _, operation = aim.rpartition(".")
            services = self._models.by_prefix.get(prefix, ())
            self._targets[aim] = next(
                ((s, operation) for s in services if self._has(s, operation)), None
            )
        return self._targets[aim]

    def _has(self, service: str, operation: str) -> bool:
        return operation in self._models.model(service).operation_names

    def _by_smithy(self, path: re.Match[str], headers: Mapping[str, str], body: bytes) -> Decoded:
        shape, operation = path.groups()
        candidates = [*self._models.by_prefix.get(shape, ()), *self._signed(headers, "")]
        service = next((s for s in candidates if self._has(s, operation)), UNKNOWN)
        name = operation if service != UNKNOWN else UNKNOWN
        return Decoded(service, name, "smithy-rpc-v2-cbor", from_cbor(_plain(headers, body)))

    def _by_form(self, headers: Mapping[str, str], query: str, body: bytes) -> Decoded | None:
        if headers.get("content-type", "").startswith(_FORM):
            text = _plain(headers, body).decode("utf-8", "replace")
        elif "Action=" in query:
            text = query
        else:
            return None
        form = dict(parse_qsl(text, keep_blank_values=True))
        operation = form.get("Action", "")
        signed = sorted(self._signed(headers, query), key=self._rests)
        asked = [*signed, *self._models.by_version.get(form.get("Version", ""), ())]
        service = next((s for s in asked if self._has(s, operation)), None)
        if service is None:
            return None
        ec2 = "ec2" in self._models.services[service].speaks
        shape = self._models.model(service).operation_model(operation).input_shape
        return Decoded(service, operation, "ec2" if ec2 else "query",
                       from_form(shape, form, ec2=ec2))  # fmt: skip

    def _by_route(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Decoded:
        asked = dict(parse_qsl(query, keep_blank_values=True))
        signed = self._signed(headers, query)
        candidates = [s for s in signed or ("s3",) if self._rests(s)]
        best = None
        for service in candidates:
            where = _with_bucket(path, headers) if service == "s3" else path
            found = self._routes_of(service).find(method, where, asked, headers)
            if found is not None and (best is None or found[0].rank > best[1].rank):
                best = (service, *found)
        if best is None:
            return Decoded(signed[0] if signed else UNKNOWN, UNKNOWN, UNKNOWN)
        service, route, labels = best
        parameters = self._rest(service, route.operation, labels, asked, headers, body)
        protocols = self._models.services[service].speaks
        protocol = next(p for p in protocols if p.startswith("rest-"))
        return Decoded(service, route.operation, protocol, parameters)

    def _rests(self, service: str) -> bool:
        return any(p.startswith("rest-") for p in self._models.services[service].speaks)

    def _routes_of(self, service: str) -> Routes:
        if service not in self._routes:
            self._routes[service] = Routes(self._models.model(service))
        return self._routes[service]

    def _signed(self, headers: Mapping[str, str], query: str) -> tuple[str, ...]:
        """The services that the signature is for; a presigned URL has it in its query."""
        scope = _SCOPE.search(headers.get("authorization", ""))
        if scope is None and "X-Amz-Credential=" in query:
            credential = unquote(query.partition("X-Amz-Credential=")[2].partition("&")[0])
            scope = _SCOPE.search(f"Credential={credential}")
        if scope is None:
            legacy = "AWSAccessKeyId=" in query or headers.get("authorization", "")[:4] == "AWS "
            return ("s3",) if legacy else ()
        return self._models.by_signing.get(scope[1], ())

    def _rest(
        self, service: str, operation: str, labels: Mapping[str, str], query: Mapping[str, str],
        headers: Mapping[str, str], body: bytes,
    ) -> dict[str, Json]:  # fmt: skip
        shape: Any = self._models.model(service).operation_model(operation).input_shape
        if shape is None:
            return {}
        values: dict[str, Json] = {}
        for name, member in shape.members.items():
            value = _located(name, member, labels, query, headers)
            if value is not None:
                values[name] = value
        xml = self._models.services[service].protocol == "rest-xml"
        values.update(_payload(shape, headers, body, xml=xml))
        return values


def _located(
    name: str, member: Any, labels: Mapping[str, str], query: Mapping[str, str],
    headers: Mapping[str, str],
) -> Json:  # fmt: skip
    """A member that is in the path, the query or the headers; None when it isn't."""
    given = member.serialization
    wire = given.get("name", name)
    match given.get("location"):
        case "uri":
            return _read(member, labels.get(wire))
        case "querystring":
            return _read(member, query.get(wire))
        case "header":
            text = headers.get(wire.lower())
            return jsonvalue(text) if text and given.get("jsonvalue") else _read(member, text)
        case "headers":
            start = wire.lower()
            return {k[len(start) :]: v for k, v in headers.items() if k.startswith(start)} or None
    return None


def _read(member: Any, text: str | None) -> Json:
    if text is None or member.type_name in ("list", "map"):
        return text
    return scalar(member, text)


def _payload(shape: Any, headers: Mapping[str, str], body: bytes, *, xml: bool) -> dict[str, Json]:
    """What the body says: of one member that is the payload, or of all that are nowhere else."""
    payload = shape.serialization.get("payload")
    if payload is not None:
        member = shape.members[payload]
        if member.type_name != "structure" or not body:
            return {}  # a blob or a text: data, none of ours
        content = _plain(headers, body)
        return {payload: from_xml(member, content) if xml else from_json(content)}
    elsewhere = {n for n, m in shape.members.items() if m.serialization.get("location")}
    if not body or len(elsewhere) == len(shape.members):
        return {}
    content = _plain(headers, body)
    if xml:
        read = from_xml(shape, content) or {}
        return {k: v for k, v in read.items() if k not in elsewhere}
    names = {m.serialization.get("name", n): n for n, m in shape.members.items()}
    return {names.get(k, k): v for k, v in from_json(content).items()}


def _plain(headers: Mapping[str, str], body: bytes) -> bytes:
    """The body without its compression (CloudWatch's SDKs gzip)."""
    if headers.get("content-encoding") != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return body


def _with_bucket(path: str, headers: Mapping[str, str]) -> str:
    """S3's path with the bucket that the host may name."""
    host = _BUCKET_HOST.match(headers.get("host", ""))
    return f"/{host[1]}{path}" if host else path


def describe(decoded: Decoded) -> str:
    """Its name in a history: ``dynamodb.PutItem``."""
    return f"{decoded.service}.{decoded.operation}"


def services_of(types: Iterable[str]) -> tuple[str, ...]:
    """The services behind a template's resource types, to be read before the first call."""
    return tuple(dict.fromkeys(_OF_TYPE[t] for t in map(_family, types) if t in _OF_TYPE))


def _family(kind: str) -> str:
    return "::".join(kind.split("::")[:2])


_OF_TYPE = {
    "AWS::DynamoDB": "dynamodb", "AWS::SQS": "sqs", "AWS::SNS": "sns", "AWS::Events": "events",
    "AWS::S3": "s3", "AWS::SecretsManager": "secretsmanager", "AWS::StepFunctions": "stepfunctions",
    "AWS::Kinesis": "kinesis", "AWS::SSM": "ssm", "AWS::KMS": "kms", "AWS::SES": "sesv2",
}  # fmt: skip

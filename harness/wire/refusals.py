"""AWS's own errors, in the shape that each service's protocol gives them."""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel

from harness.model import Action, Json
from harness.wire.decoding import Decoded
from harness.wire.messages import Answer
from harness.wire.models import Models

_THROTTLED = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "kinesis": ("ProvisionedThroughputExceededException", 400),
    "lambda": ("TooManyRequestsException", 429),
    "s3": ("SlowDown", 503),
    "ec2": ("RequestLimitExceeded", 503),
    "sns": ("Throttled", 429),
    "sqs": ("RequestThrottled", 403),
}
"""How a service says that it is asked too much; every other says ThrottlingException."""

_BROKEN = {
    "dynamodb": ("InternalServerError", 500),
    "sqs": ("ServiceUnavailable", 503),
    "s3": ("InternalError", 500),
    "sns": ("InternalError", 500),
    "events": ("InternalException", 500),
    "secretsmanager": ("InternalServiceError", 500),
    "lambda": ("ServiceException", 500),
    "kinesis": ("InternalFailure", 500),
}
"""How a service says that it failed itself; every other says InternalFailure."""

_FAULTS = ("Internal", "ServiceUnavailable", "ServiceFailure")
"""How the codes begin that a service blames on itself."""

_REQUEST_ID = "00000000-0000-4000-8000-5741525053"


def throttling(service: str, protocol: str = "") -> Action:
    """The action that answers as this service does when it is asked too much."""
    form = protocol in ("query", "rest-xml")
    code, status = _THROTTLED.get(service, ("Throttling" if form else "ThrottlingException", 400))
    return Action(do="error", status=status, code=code)


def broken(service: str) -> Action:
    """The action that answers as this service does when it fails itself."""
    code, status = _BROKEN.get(service, ("InternalFailure", 500))
    return Action(do="error", status=status, code=code)


class Refusals:
    """Makes error answers."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def answer(self, decoded: Decoded, action: Action) -> Answer:
        """What AWS would answer: the action's code, else the service's own failure."""
        default = throttling if action.do == "throttle" else broken
        told = default(decoded.service)
        code = action.code or str(told.code)
        status = action.status or self._status(decoded, code, told)
        message = str(action.arguments.get("message", f"{code}: injected by stageproof"))
        more = {k: v for k, v in action.arguments.items() if k != "message"}
        return _SHAPES.get(decoded.protocol, _json)(
            self._shape(decoded, code), status, message, more
        )

    def _shape(self, decoded: Decoded, code: str) -> "_Shape":
        modelled = _modelled(self._operation(decoded), code) if decoded.known else None
        error = (modelled.metadata.get("error") if modelled is not None else None) or {}
        bare = False
        if decoded.known:
            bare = bool(self._models.model(decoded.service).metadata.get("noErrorWrapping"))
            bare = bare or decoded.service == "s3"
        return _Shape(
            code=str(error.get("code", code)),
            name=modelled.name if modelled is not None else code,
            sender=bool(error.get("senderFault", True)),
            bare=bare,
            compatible="awsQueryCompatible" in self._metadata(decoded),
        )

    def _metadata(self, decoded: Decoded) -> Mapping[str, Any]:
        if not decoded.known:
            return {}
        metadata: Mapping[str, Any] = self._models.model(decoded.service).metadata
        return metadata

    def _status(self, decoded: Decoded, code: str, told: Action) -> int:
        """As the model has it; where it has none (most of DynamoDB's), as the code's name says."""
        modelled = _modelled(self._operation(decoded), code) if decoded.known else None
        metadata = modelled.metadata if modelled is not None else {}
        given = (metadata.get("error") or {}).get("httpStatusCode")
        if given is not None:
            return int(given)
        if code == told.code and told.status is not None:
            return told.status
        return 500 if metadata.get("fault") or code.startswith(_FAULTS) else 400

    def _operation(self, decoded: Decoded) -> OperationModel:
        return self._models.model(decoded.service).operation_model(decoded.operation)


def _modelled(operation: OperationModel, code: str) -> Any:
    """The error's own shape; None when the model has none of that name."""
    for shape in operation.error_shapes:
        error = shape.metadata.get("error") or {}
        if code in (shape.name, error.get("code")):
            return shape
    return None


class _Shape:
    def __init__(self, *, code: str, name: str, sender: bool, bare: bool, compatible: bool) -> None:
        self.code, self.name, self.sender = code, name, sender
        self.bare, self.compatible = bare, compatible


def _json(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    body = json.dumps({"__type": shape.name, "message": message, **more}).encode()
    headers = [(b"content-type", b"application/x-amz-json-1.0"), _request_id()]
    if shape.compatible:
        fault = "Sender" if status < 500 else "Receiver"
        headers.append((b"x-amzn-query-error", f"{shape.code};{fault}".encode()))
    return Answer(status, headers, body)


def _cbor(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    pairs = {"__type": shape.name, "message": message}
    body = bytes((0xA0 | len(pairs),)) + b"".join(_text(x) for kv in pairs.items() for x in kv)
    headers = [
        (b"content-type", b"application/cbor"), (b"smithy-protocol", b"rpc-v2-cbor"),
        _request_id(),
    ]  # fmt: skip
    if shape.compatible:
        fault = "Sender" if status < 500 else "Receiver"
        headers.append((b"x-amzn-query-error", f"{shape.code};{fault}".encode()))
    return Answer(status, headers, body)


def _text(text: str) -> bytes:
    """A text string in CBOR (major type 3, with its length in 16 bits)."""
    data = text.encode()[:65_535]
    return b"\x79" + len(data).to_bytes(2, "big") + data


def _rest_json(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    body = json.dumps({"message": message, **more}).encode()
    headers = [
        (b"content-type", b"application/json"), (b"x-amzn-errortype", shape.name.encode()),
        _request_id(),
    ]  # fmt: skip
    return Answer(status, headers, body)


def _query(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    kind = "Sender" if status < 500 else "Receiver"
    error = (
        f"<Error><Type>{kind}</Type><Code>{escape(shape.code)}</Code>"
        f"<Message>{escape(message)}</Message></Error>"
    )
    body = f"<ErrorResponse>{error}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
    return _xml(status, body)


def _ec2(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    error = f"<Error><Code>{escape(shape.code)}</Code><Message>{escape(message)}</Message></Error>"
    body = f"<Response><Errors>{error}</Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
    return _xml(status, body)


def _rest_xml(shape: _Shape, status: int, message: str, more: Mapping[str, Json]) -> Answer:
    if not shape.bare:
        return _query(shape, status, message, more)
    body = (
        f"<Error><Code>{escape(shape.code)}</Code><Message>{escape(message)}</Message>"
        f"<RequestId>{_REQUEST_ID}</RequestId></Error>"
    )
    return _xml(status, body)


def _xml(status: int, body: str) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
    return Answer(status, [(b"content-type", b"text/xml"), _request_id()], text)


def _request_id() -> tuple[bytes, bytes]:
    return b"x-amzn-requestid", _REQUEST_ID.encode()


_SHAPES = {
    "json": _json, "smithy-rpc-v2-cbor": _cbor, "rest-json": _rest_json, "query": _query,
    "ec2": _ec2, "rest-xml": _rest_xml,
}  # fmt: skip

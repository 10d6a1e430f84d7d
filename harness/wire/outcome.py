"""What an answer says of a call's effect."""

import re

from harness.model import Json, Kind
from harness.wire.fields import parsed
from harness.wire.messages import Answer

_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


def kind_of(status: int | None) -> Kind:
    """Done, refused, or perhaps done."""
    if status is None or status >= 500:
        return "info"
    return "fail" if status >= 400 else "ok"


def code_of(answer: Answer) -> str | None:
    """AWS's code of an error, as an SDK would find it; None when it gives none."""
    headers = answer.by_name
    if "x-amzn-query-error" in headers:
        return headers["x-amzn-query-error"].partition(";")[0]
    if "x-amzn-errortype" in headers:
        return _bare(headers["x-amzn-errortype"])
    body = bytes(answer.body)
    found = _XML_CODE.search(body)
    if found:
        return found[1].decode("latin-1")
    told: Json = parsed(body)
    if not isinstance(told, dict):
        return None
    code = told.get("__type") or told.get("code") or told.get("Code")
    return _bare(str(code)) if code else None


def _bare(code: str) -> str:
    """Without namespace and documentation: ``com.amazon#Code:http://…`` is Code."""
    return code.partition(":")[0].rpartition("#")[2]

"""The few mapping templates and handlers that only hand values on.

AppSync demands a mapping of a NONE data source and of a pipeline, so a template that works on AWS
has one. Those that pass a value through unchanged are known here by their text, in VTL and in
APPSYNC_JS; whatever does more is refused by name, since neither language runs here.

One does a little more, since a function alone can't give its errors a type: it answers
``{data, errorMessage, errorType, errorInfo}``, and the handler makes data or an error of it.
https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-lambda-resolvers-js.html
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Handing:
    """What a mapping does."""

    payload: tuple[str, ...] | None = ()
    """The path into the context that goes to the data source; None for nothing."""
    batched: bool = False
    raises: bool = True
    """Whether it looks at the data source's error."""
    envelope: bool = False
    """Whether the function's answer is ``{data, errorMessage, errorType, errorInfo}``."""


_CONTEXT = r"\$(?:ctx|context)"
_VTL_REQUEST = re.compile(
    r'\{(?:"version":"(?P<version>2017-02-28|2018-05-29)",?)?'
    r'(?:"operation":"(?P<operation>Invoke|BatchInvoke)",?)?'
    rf'(?:"payload":\$utils?\.toJson\({_CONTEXT}(?P<path>(?:\.\w+)*)\))?\}}'
)
_VTL_RESPONSE = re.compile(
    rf"(?P<asks>#if\({_CONTEXT}\.error\)\$utils?\.error\({_CONTEXT}\.error\.message,"
    rf"{_CONTEXT}\.error\.type(?:,{_CONTEXT}\.result)?\)#end)?"
    rf"\$utils?\.toJson\({_CONTEXT}\.(?:prev\.)?result\)"
)
_CTX = "(?:ctx|context)"
_TOLD = rf"{_CTX}\.result\.error"
_JS = re.compile(
    r"exportfunctionrequest\(\w*\)\{return\{"
    r"(?:operation:['\"](?P<operation>Invoke|BatchInvoke)['\"],?)?"
    rf"(?:payload:(?:null|{_CTX}(?P<path>(?:\.\w+)*)),?)?\}}\}}"
    r"exportfunctionresponse\(\w*\)\{"
    rf"(?P<asks>if\({_CTX}\.error\)\{{?(?:return)?util\.error\({_CTX}\.error\.message,"
    rf"{_CTX}\.error\.type(?:,{_CTX}\.result)?\)\}}?)?"
    rf"(?:(?P<opens>if\({_TOLD}(?:Type|Message)\)\{{?(?:return)?util\.error\({_TOLD}Message,"
    rf"{_TOLD}Type,{_CTX}\.result\.data,{_TOLD}Info\)\}}?return{_CTX}\.result\.data)"
    rf"|return{_CTX}\.(?:prev\.)?result)\}}"
)


def of_vtl(request: str, response: str) -> Handing | None:
    """What these two templates do; None when they do more than hand on."""
    asked = _VTL_REQUEST.fullmatch(_squeezed(re.sub(r"##.*", "", request)))
    answered = _VTL_RESPONSE.fullmatch(_squeezed(re.sub(r"##.*", "", response)))
    if asked is None or answered is None:
        return None
    # Before 2018-05-29 a data source's error ended the resolver by itself.
    raises = bool(answered["asks"]) or asked["version"] == "2017-02-28"
    return Handing(_path(asked["path"]), asked["operation"] == "BatchInvoke", raises)


def of_js(code: str) -> Handing | None:
    """What these two handlers do; None when they do more than hand on."""
    bare = re.sub(r"/\*.*?\*/|//[^\n]*|^\s*import[^\n]*", "", code, flags=re.DOTALL | re.MULTILINE)
    found = _JS.fullmatch(_squeezed(bare).replace(";", ""))
    if found is None or (found["opens"] and found["operation"] == "BatchInvoke"):
        return None  # a batch's answers are opened by AppSync itself, one by one
    return Handing(
        _path(found["path"]),
        found["operation"] == "BatchInvoke",
        raises=bool(found["asks"]),
        envelope=bool(found["opens"]),
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _path(found: str | None) -> tuple[str, ...] | None:
    """``.args.input`` as a path; None where there is no payload at all."""
    if found is None:
        return None
    names = tuple(found.split(".")[1:])
    return ("arguments", *names[1:]) if names[:1] == ("args",) else names

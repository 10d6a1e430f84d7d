"""The few mapping templates and handlers that only hand values on.

AppSync demands a mapping of a NONE data source and of a pipeline, so a template that works on AWS
has one. Those that pass a value through unchanged are known here by their text, in VTL and in
APPSYNC_JS; whatever does more is refused by name, since neither language runs here.
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
_JS = re.compile(
    r"exportfunctionrequest\(\w*\)\{return\{"
    r"(?:operation:['\"](?P<operation>Invoke|BatchInvoke)['\"],?)?"
    r"(?:payload:(?:null|(?:ctx|context)(?P<path>(?:\.\w+)*)),?)?\}\}"
    r"exportfunctionresponse\(\w*\)\{"
    r"(?P<asks>if\((?:ctx|context)\.error\)\{?(?:return)?util\.error\((?:ctx|context)\.error\.message,"
    r"(?:ctx|context)\.error\.type(?:,(?:ctx|context)\.result)?\)\}?)?"
    r"return(?:ctx|context)\.(?:prev\.)?result\}"
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
    if found is None:
        return None
    return Handing(
        _path(found["path"]), found["operation"] == "BatchInvoke", raises=bool(found["asks"])
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _path(found: str | None) -> tuple[str, ...] | None:
    """``.args.input`` as a path; None where there is no payload at all."""
    if found is None:
        return None
    names = tuple(found.split(".")[1:])
    return ("arguments", *names[1:]) if names[:1] == ("args",) else names

"""Ties a function's AWS calls to the invocation that made them, from outside its code.

Python imports this module by itself when its folder is on PYTHONPATH. It wraps the handler that
the Lambda runtime loads, to know the invocation and what caused it, and has botocore add both to
each call as a header. It imports nothing but the standard library, works with any Python from 3.8
on, and never keeps a function from working: whatever goes wrong in here is left out.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import time

TYPE_CHECKING = False  # `typing` is too heavy for a cold start
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

HEADER = "x-stageproof-cause"
_KEYS = tuple(filter(None, os.environ.get("STAGEPROOF_TIE_KEYS", "").split(",")))
_RUNTIMES = ("__main__", "awslambdaric.bootstrap")
_MOST = 100  # causes of one invocation: a header has room for so many


def _short(value: object) -> str:
    return str(value)[:128]


def _keys_in(body: Any) -> list[str]:
    try:
        body = json.loads(body)
    except (TypeError, ValueError):
        return []
    places = [body, body.get("detail"), body.get("Message")] if isinstance(body, dict) else []
    return [
        _short(place[name])
        for place in places
        if isinstance(place, dict)
        for name in _KEYS
        if isinstance(place.get(name), (str, int))
    ]


def _keys_of_change(change: Any) -> list[str]:
    images = [change.get("Keys"), change.get("NewImage"), change.get("OldImage")]
    for image in images:
        for name in _KEYS:
            for text in ((image or {}).get(name) or {}).values():
                return [_short(text)]
    return []


def _cause(event: Any) -> tuple[str, list[str], list[str]]:
    """What an event came from: its source, the ids of its messages, the entities in them."""
    records = event.get("Records") if isinstance(event, dict) else None
    source = ""
    ids: list[str] = []
    keys: list[str] = []
    for record in (records or [])[:_MOST]:
        source = record.get("eventSource") or record.get("EventSource") or source
        if "messageId" in record:
            ids.append(_short(record["messageId"]))
            keys += _keys_in(record.get("body"))
        elif "Sns" in record:
            ids.append(_short(record["Sns"].get("MessageId")))
            keys += _keys_in(record["Sns"].get("Message"))
        elif "dynamodb" in record:
            ids.append(_short(record.get("eventID")))
            keys += _keys_of_change(record["dynamodb"])
    if records is None and isinstance(event, dict):
        if "requestContext" in event:
            source = "api"
            ids = [_short((event.get("requestContext") or {}).get("requestId"))]
        elif "detail-type" in event:
            source = event.get("source", "")
            ids, keys = [_short(event.get("id"))], _keys_in(json.dumps(event))
    return source, ids, list(dict.fromkeys(keys))


def _header(
    invocation: object = "",
    source: str = "",
    ids: Iterable[str] = (),
    keys: Iterable[str] = (),
    cold: float = 0.0,
) -> str:
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    told = {"f": function, "i": _short(invocation), "s": source, "c": list(ids), "k": list(keys)}
    return json.dumps({**told, "n": round(cold, 3)} if cold else told)


def _cold() -> float:
    """Seconds that this environment took to start, for its first invocation; then 0."""
    loaded = _now.pop("loaded", None)
    return 0.0 if loaded is None else time.monotonic() - loaded


def _begin(event: Any, context: Any) -> None:
    try:
        cold = _cold()
        source, ids, keys = _cause(event)
        invocation = getattr(context, "aws_request_id", "")
        _now["header"] = _header(invocation, source, ids, keys, cold)
    except Exception:
        _now["header"] = _header()


def _wrapped(handler: Callable[..., Any]) -> Callable[..., Any]:
    def tied(event: Any, context: Any) -> Any:
        _begin(event, context)
        try:
            return handler(event, context)
        finally:
            _now["header"] = _header()

    return tied


class _Tied:
    """The handler's module as the runtime sees it: what it takes from there is wrapped."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        return _wrapped(found) if callable(found) and not isinstance(found, type) else found


def _import_for_the_runtime(name: str, package: str | None = None) -> Any:
    module = _import(name, package)
    caller = sys._getframe(1).f_globals.get("__name__")
    return _Tied(module) if caller in _RUNTIMES else module


def _add_header(params: Any, **_: object) -> None:
    params["headers"][HEADER] = _now["header"]


def _add_to(module: object) -> None:
    handlers = getattr(module, "BUILTIN_HANDLERS", None)
    if isinstance(handlers, list):
        handlers.append(("before-call", _add_header))


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _add_to(module)


class _OnBotocore(importlib.abc.MetaPathFinder):
    """Waits for botocore's handlers: a function that never uses AWS never pays for them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "botocore.handlers":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


def _chain() -> None:
    """Run the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [p for p in sys.path if os.path.abspath(p or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_now: dict[str, Any] = {"header": _header(), "loaded": time.monotonic()}
_import = importlib.import_module
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    importlib.import_module = _import_for_the_runtime
    if "botocore.handlers" in sys.modules:  # a process that was forked off another
        _add_to(sys.modules["botocore.handlers"])
    else:
        sys.meta_path.insert(0, _OnBotocore())
_chain()

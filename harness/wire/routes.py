"""Which operation of a REST service a method, path and query stand for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from botocore.model import OperationModel, ServiceModel

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's way in."""

    operation: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    literals: tuple[tuple[str, str | None], ...]
    """Query keys that its URI has, with their value where it has one."""
    queries: tuple[str, ...]
    headers: tuple[str, ...]
    """Required members: they tell UploadPart from PutObject."""
    rank: tuple[int, int, int, bool]
    """The higher, the more it asks of a request; of twins the one that isn't deprecated."""

    def match(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, str] | None:
        """What its path's labels stand for; None when this isn't it."""
        found = self.path.fullmatch(path)
        if found is None or not self._asked(query, headers):
            return None
        return {
            label: unquote(value) for label, value in zip(self.labels, found.groups(), strict=True)
        }

    def _asked(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        return (
            all(k in query and v in (None, query[k]) for k, v in self.literals)
            and all(q in query for q in self.queries)
            and all(h in headers for h in self.headers)
        )


class Routes:
    """A service's operations, the most demanding first."""

    def __init__(self, model: ServiceModel) -> None:
        self._by_method: dict[str, list[Route]] = {}
        for name in model.operation_names:
            operation = model.operation_model(name)
            method = operation.http.get("method", "POST")
            self._by_method.setdefault(method, []).append(_route(operation))
        for routes in self._by_method.values():
            routes.sort(key=lambda r: r.rank, reverse=True)

    def find(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[Route, dict[str, str]] | None:
        """The operation and what its path says; None when it is none of these."""
        for route in self._by_method.get(method, ()):
            labels = route.match(path, query, headers)
            if labels is not None:
                return route, labels
        return None


def _route(operation: OperationModel) -> Route:
    uri = operation.http.get("requestUri", "/")
    path, _, literal = uri.partition("?")
    pattern, labels = _pattern(path)
    literals = tuple(_literals(literal))
    queries, headers = _required(operation)
    asked = len(literals) + len(queries) + len(headers)
    fixed = sum(1 for part in path.split("/") if part and "{" not in part)
    return Route(
        operation=operation.name,
        path=re.compile(pattern),
        labels=labels,
        literals=literals,
        queries=queries,
        headers=headers,
        rank=(fixed, len(path.split("/")), asked, not operation.deprecated),
    )


def _pattern(path: str) -> tuple[str, tuple[str, ...]]:
    labels: list[str] = []
    pattern, end = "", 0
    for found in _LABEL.finditer(path):
        labels.append(found[1])
        pattern += re.escape(path[end : found.start()]) + ("(.+)" if found[2] else "([^/]+)")
        end = found.end()
    pattern += re.escape(path[end:])
    return pattern.rstrip("/") + "/?", tuple(labels)


def _literals(query: str) -> Iterable[tuple[str, str | None]]:
    for part in filter(None, query.split("&")):
        key, has, value = part.partition("=")
        yield unquote(key), unquote(value) if has and value else None


def _required(operation: OperationModel) -> tuple[tuple[str, ...], tuple[str, ...]]:
    shape = operation.input_shape
    if shape is None:
        return (), ()
    queries, headers = [], []
    for name in shape.required_members:
        given = shape.members[name].serialization
        if given.get("location") == "querystring":
            queries.append(str(given.get("name", name)))
        elif given.get("location") == "header":
            headers.append(str(given.get("name", name)).lower())
    return tuple(queries), tuple(headers)

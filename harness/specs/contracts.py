"""Every contract of a project, loaded and linted together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from harness.specs.asyncapi import AsyncApi, read_asyncapi
from harness.specs.bundle import bundled
from harness.specs.document import Document, load_document
from harness.specs.errors import ContractError, Problem
from harness.specs.graphql import GraphQl
from harness.specs.graphql_lint import read_graphql
from harness.specs.lifecycle import Lifecycle, read_lifecycle
from harness.specs.openapi import NO_REST, OpenApi
from harness.specs.openapi_rules import house_rules
from harness.specs.openapi_validity import validity
from harness.specs.settings import ContractSettings

T = TypeVar("T")


@dataclass(frozen=True)
class Contracts:
    """The promises that a stage is held to."""

    openapi: OpenApi
    """Without operations where there is no REST API."""
    asyncapi: AsyncApi | None = None
    lifecycle: Lifecycle | None = None
    graphql: GraphQl | None = None
    settings: ContractSettings = field(default_factory=ContractSettings)

    @property
    def documented(self) -> dict[str, tuple[str, ...]]:
        """Operation or field → the statuses or outcomes that its contract documents."""
        fields = self.graphql.fields if self.graphql else ()
        return {o.label: o.statuses for o in self.openapi.operations} | {
            f.label: f.outcomes for f in fields
        }

    @property
    def only_under_fault(self) -> dict[str, tuple[str, ...]]:
        """Of these, the ones that only a fault can bring about."""
        fields = self.graphql.fields if self.graphql else ()
        return {
            o.label: tuple(set(o.statuses) - set(o.reachable)) for o in self.openapi.operations
        } | {f.label: f.under_fault for f in fields}

    @property
    def digests(self) -> dict[str, str]:
        """File → SHA-256 of each contract."""
        parts = (self.openapi, self.asyncapi, self.lifecycle)
        written = [p for p in parts if p is not None and p is not NO_REST]
        documents = [p.document for p in written if p.document is not None]
        digests = {d.path.as_posix(): d.digest for d in documents}
        return digests | ({self.graphql.file: self.graphql.digest} if self.graphql else {})


def load_contracts(settings: ContractSettings, root: Path) -> Contracts:
    """Load and lint; ``root`` is the folder that the settings' paths start from.

    Raises:
        ContractError: with every problem of every file.
    """
    problems: list[Problem] = []

    def attempt(path: str | None, read: Callable[[str], T]) -> T | None:
        if path is None:
            return None
        try:
            return read(path)
        except ContractError as error:
            problems.extend(error.problems)
            return None

    def load(path: str) -> Document:
        return load_document(root, path)

    strict = settings.strict
    openapi = attempt(settings.openapi, lambda p: read_openapi(load(p), strict=strict))
    asyncapi = attempt(settings.asyncapi, lambda p: read_asyncapi(bundled(load(p), root)))
    lifecycle = attempt(settings.lifecycle, lambda p: read_lifecycle(load(p)))
    graphql = attempt(settings.graphql, lambda p: read_graphql(root, p, strict=strict))
    if problems:
        raise ContractError(problems)
    return Contracts(openapi or NO_REST, asyncapi, lifecycle, graphql, settings)


def read_openapi(document: Document, *, strict: bool = False) -> OpenApi:
    """Check a document and give the contract in it; ``strict`` adds the house rules.

    Raises:
        ContractError: with every problem found.
    """
    api = OpenApi(document)
    problems = list(validity(api))
    if not problems and strict:
        problems = list(house_rules(api))
    if problems:
        raise ContractError(problems)
    return api

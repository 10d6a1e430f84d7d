"""How to talk to a stage that is up: its addresses, a token to try, ready-made command lines."""

import json
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from graphql import is_required_argument
from rich.console import Console
from rich.markup import escape

from harness.clients import realtime_url
from harness.clients.documents import document_for
from harness.engine import Project, Session
from harness.engine.contract.request import Fresh, Request, valid_requests
from harness.model import Identity, Json
from harness.report.typed import as_typed, option_of
from harness.specs import Credentials, GraphQl, OpenApi, Operation, Parameter, RootField

_MOST_QUERIES = 3
_MADE_UP: dict[str, Json] = {"ID!": "1", "String!": "1", "Int!": 1, "Boolean!": True}


def introduce(session: Session, project: Project, console: Console) -> None:
    """Say all of it."""
    deployed = session.stage.deployed
    console.print(f"\n[bold green]{deployed.name} is up[/] on {deployed.target}")
    for what, address in _addresses(session):
        console.print(f"  {what:<9} {address}", soft_wrap=True)
    for name, why, line in _secrets(session.identities):
        console.print(f"\n{why} ({name}):\n  export {line}", soft_wrap=True)
    api, graphql = project.contracts.openapi, project.contracts.graphql
    lines = list(curls(api, deployed.base_url, project.config.checks.signatures))
    asking = graphql_curls(graphql, deployed.graphql_url, session.identities.values())
    calls = [*lines, *asking]
    if calls:
        console.print("\nReady-made calls:")
    for line in calls:
        console.print(f"  {escape(line)}", soft_wrap=True)
    if more := len(api.operations) - len(lines):
        console.print(f"  [dim]{more} other operations need what these answer[/]")
    on = option_of(deployed.target)
    again, down = as_typed(f"stageproof verify --up{on}"), as_typed("stageproof down")
    console.print(f"\nVerify this stage from another terminal: [bold]{again}[/]")
    console.print(f"Take it down: Ctrl-C here, or [bold]{down}[/]")


def curls(api: OpenApi, base_url: str, signed: Collection[str] = ()) -> Iterator[str]:
    """A command line for each operation, from the contract's own first example."""
    for operation in api.operations:
        made = next(valid_requests(api, operation, Fresh("up"), _no_answers_yet), None)
        if made is not None and "bearer" in map(_scheme(api), operation.schemes or {"none"}):
            made = made.with_header("Authorization", "Bearer $TOKEN")
        if made is not None:
            for header in Credentials(api, signed).headers(operation, "key"):
                made = made.with_header(header, "$API_KEY")
            yield curl(made, base_url)


def curl(request: Request, base_url: str) -> str:
    """One request as a command line; ``$TOKEN`` is left for the shell."""
    body = None if request.body is None else request.body.decode()
    return _curl(request.operation.method, base_url + request.target, request.headers, body)


def graphql_curls(
    contract: GraphQl | None, url: str, identities: Iterable[Identity]
) -> Iterator[str]:
    """A command line for each of some queries, those that need least first."""
    if contract is None or not url:
        return
    headers = {"Content-Type": "application/json", **_shown(identities)}
    queries = [
        (variables, field)
        for field in contract.fields
        if field.kind == "Query" and (variables := _examples(field)) is not None
    ]
    for variables, field in sorted(queries, key=lambda q: len(q[0]))[:_MOST_QUERIES]:
        body: dict[str, Json] = {"query": document_for(contract.schema, field.name)}
        if variables:
            body["variables"] = variables
        yield _curl("POST", url, headers, json.dumps(body))


def _curl(method: str, url: str, headers: Mapping[str, str], body: str | None) -> str:
    parts = ["curl", "-s"]
    if method != "GET":
        parts += ["-X", method]
    for name, value in headers.items():
        quoted = f'"{name}: {value}"' if "$" in value else shlex.quote(f"{name}: {value}")
        parts += ["-H", quoted]
    if body is not None:
        parts += ["-d", shlex.quote(body)]
    return " ".join([*parts, shlex.quote(url)])


def _addresses(session: Session) -> Iterator[tuple[str, str]]:
    deployed = session.stage.deployed
    if deployed.base_url:
        yield "REST", deployed.base_url
    if deployed.graphql_url:
        yield "GraphQL", deployed.graphql_url
        yield "realtime", realtime_url(deployed.graphql_url)
    yield "AWS", f"{deployed.endpoint} (region {deployed.region})"
    if session.stage.wire is not None:
        yield "chaos", f"{session.stage.wire.url}/_localstack/chaos/faults"
    yield from session.stage.doubles.urls.items()


def _secrets(identities: Mapping[str, Identity]) -> Iterator[tuple[str, str, str]]:
    """Whose, what it is, and the shell's line that keeps it."""
    for identity in identities.values():
        if identity.token:
            yield identity.name, "A token to try", f"TOKEN={identity.token}"
            break
    for identity in identities.values():
        if identity.api_key:
            yield identity.name, "An API key to try", f"API_KEY={identity.api_key}"
            break


def _shown(identities: Iterable[Identity]) -> dict[str, str]:
    """The headers of somebody whom GraphQL may know; the shell puts the secret in."""
    people = list(identities)
    if any(i.token for i in people):
        return {"Authorization": "$TOKEN"}
    return {"x-api-key": "$API_KEY"} if any(i.api_key for i in people) else {}


def _examples(field: RootField) -> dict[str, Json] | None:
    """Something for each argument that has to be there; None where nobody can make that up."""
    needed = {n: str(a.type) for n, a in field.definition.args.items() if is_required_argument(a)}
    if set(needed.values()) <= _MADE_UP.keys():
        return {name: _MADE_UP[kind] for name, kind in needed.items()}
    return None


def _no_answers_yet(operation: Operation, parameter: Parameter) -> None:
    return None


def _scheme(api: OpenApi) -> Callable[[str], str]:
    """Security scheme → ``bearer``, ``apiKey`` …"""
    declared = api.raw.get("components", {}).get("securitySchemes", {})
    return lambda name: str(declared.get(name, {}).get("scheme", ""))

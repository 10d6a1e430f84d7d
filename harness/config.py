"""``harness.toml``: what an application tells the harness of itself."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from harness.clients import IdentitySettings
from harness.deploy import PackageSettings, SeedSettings
from harness.doubles import DoubleSettings
from harness.model import Frozen, HarnessError, Json
from harness.observe import ObserveSettings
from harness.specs import ContractSettings
from harness.targets import GraphQLSettings, TargetSettings
from harness.wire import WireSettings

FILE = "harness.toml"


class ConfigError(HarnessError):
    """``harness.toml`` is missing, isn't TOML, or says something that isn't understood."""


class ScenarioSettings(Frozen):
    """Where the application's stories are."""

    folders: tuple[str, ...] = ()
    laws: str = Field(default="", pattern=r"^$|^[\w.]+:\w+$")
    """``module:NAME`` of the laws that judge the whole history of a run at its end."""
    patience: float = Field(default=30.0, gt=0)
    """Seconds that a story waits at most for the stage to get somewhere."""


class GraphQlRun(Frozen):
    """What the checks of a GraphQL contract need to know of the application."""

    errors: str = ""
    """The schema's enum of the codes that an error can carry."""
    invalid: tuple[str, ...] = ()
    """Those of its codes that say that the request itself breaks the contract."""
    defects: tuple[str, ...] = ()
    """Those that are never lawful."""
    limit: str = ""
    """The one that says that a limit is used up."""
    moving: tuple[str, ...] = ()
    """Those that say how far what is named has come: whether one is answered, and which, depends on
    when it is asked, and so on a target's pace."""
    owned: tuple[str, ...] = ()
    """Fields that show or change what belongs to who asks: ``Query.order``."""
    values: dict[str, str] = Field(default_factory=dict)
    """Argument (``orderId``, or ``Query.order.orderId``) → where a real value of it comes from:
    another field's answer (``Mutation.submit.orderId``), or what the caller is known by
    (``subject``, ``email``, ``tier``)."""
    examples: dict[str, Json] = Field(default_factory=dict)
    """Argument or input field, as above → a valid value of it."""
    same_as: dict[str, str] = Field(default_factory=dict)
    """Field → the REST operation that must answer the same: ``"Query.order" = "getOrder"``."""
    drawn: int = Field(default=12, ge=1, le=10_000)
    """Generated documents at most for one field and kind of check."""
    depth: int = Field(default=5, ge=1, le=20)
    """Levels of selection sets that the checks ask for."""


class ContractRun(Frozen):
    """How hard the contracts are tried."""

    examples: int = Field(default=25, ge=1, le=10_000)
    """Generated cases at most for one operation and kind of check."""
    stateful: int = Field(default=20, ge=1, le=10_000)
    """Sequences of linked operations."""
    identities: tuple[str, ...] = ()
    """The customers that contract checks call as, by name; the first is the owner."""
    limited: str = ""
    """An identity of a tier with a low limit, that exhausts each limited operation on purpose."""
    other_tier: str = ""
    """An identity of another tier than ``identities``: what is theirs it must not see."""
    forged: dict[str, str] = Field(default_factory=dict)
    """Kind of bad token → the identity that carries it: ``expired``, ``wrong audience`` …"""
    signatures: dict[str, str] = Field(default_factory=dict)
    """Security scheme of signed requests → the double that signs them (its ``sign(body)``)."""
    correlation_header: str = "X-Correlation-Id"
    graphql: GraphQlRun = GraphQlRun()


class HistorySettings(Frozen):
    """What of the application's data may stand in a history."""

    allow: tuple[str, ...] = ()


class ClockSettings(Frozen):
    """Functions whose real schedule is too long for a run."""

    invoke: tuple[str, ...] = ()
    """Stack outputs that name them; invoked while a stage is waited on."""


class SpanSettings(Frozen):
    """How long what was accepted may take to get somewhere, under load."""

    to: tuple[str, ...] = Field(min_length=1)
    """The states that end it, whichever comes first."""
    p99: float = Field(gt=0)
    """Seconds that all but one in a hundred must keep to; what never got there took for ever."""
    aim: float | None = Field(default=None, gt=0)
    """Seconds that they should keep to: told, and no failure."""


class LoadSettings(Frozen):
    """What ``stageproof load`` needs to know of the application."""

    locustfile: str
    """Locust's users: classes derived from ``harness.load.users.Customer``."""
    prepare: str = Field(pattern=r"^[\w.]+:\w+$")
    """``module:NAME`` of what says who the customers are and what they want; see
    ``harness.load.preparing``."""
    laws: str = Field(default="", pattern=r"^$|^[\w.]+:\w+$")
    """``module:NAME`` of the laws that judge it; those of ``[scenarios]`` where it isn't given."""
    begins: tuple[str, ...] = Field(min_length=1)
    """The operations that begin a journey when they are accepted, as a history names them."""
    entity: str
    """What they make, as a history names its changes: ``order.status``."""
    ends: tuple[str, ...] = Field(min_length=1)
    """The states in which a journey has come to its end."""
    spans: dict[str, SpanSettings] = Field(min_length=1)
    """What is measured of each journey, from its first request on; the time of the first one named
    is explained, too."""
    success: float = Field(default=1.0, gt=0, le=1)
    """The least share of journeys that must come to their end."""


class Config(Frozen):
    """All of ``harness.toml``. Paths are relative to its folder."""

    application: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    template: str | None = None
    """What is deployed; a stage that is there already can be verified without."""
    contracts: ContractSettings
    package: PackageSettings = PackageSettings()
    targets: dict[str, TargetSettings] = Field(default_factory=dict)
    graphql: GraphQLSettings = GraphQLSettings()
    doubles: dict[str, DoubleSettings] = Field(default_factory=dict)
    identities: dict[str, IdentitySettings] = Field(default_factory=dict)
    seed: dict[str, SeedSettings] = Field(default_factory=dict)
    observe: ObserveSettings = ObserveSettings()
    wire: WireSettings = WireSettings()
    scenarios: ScenarioSettings = ScenarioSettings()
    checks: ContractRun = ContractRun()
    history: HistorySettings = HistorySettings()
    clock: ClockSettings = ClockSettings()
    load: LoadSettings | None = None

    def template_in(self, root: Path) -> Path | None:
        """The template's file; ``root`` is the folder of harness.toml."""
        return None if self.template is None else root / self.template

    def target(self, name: str) -> TargetSettings:
        """The settings of a target; defaults when the file has none."""
        return self.targets.get(name, TargetSettings())

    def searching(self, target: str) -> "Config":
        """The same, with what a search's stages are given on that target."""
        settings = self.target(target)
        search = settings.search
        hastened = settings.model_copy(
            update={
                "parameters": {**settings.parameters, **search.parameters},
                "patience": search.patience or settings.patience,
            }
        )
        return self._with(target, hastened)

    def loading(self, target: str) -> "Config":
        """The same, with what a stage under load is given on that target."""
        settings = self.target(target)
        given = {**settings.parameters, **settings.load.parameters}
        return self._with(target, settings.model_copy(update={"parameters": given}))

    def _with(self, target: str, settings: TargetSettings) -> "Config":
        return self.model_copy(update={"targets": {**self.targets, target: settings}})

    def places(self, root: Path) -> list[str]:
        """The scenario folders and the contracts, in the order they are run.

        Scenarios come first: contract cases leave behind entities that nobody goes on with, and a
        stage that has to look after hundreds of them is slow to settle.
        """
        contracts = filter(
            None, (self.contracts.openapi, self.contracts.graphql, self.contracts.asyncapi)
        )
        return [str(root / place) for place in (*self.scenarios.folders, *contracts)]


def load_config(path: Path) -> Config:
    """Read and check ``harness.toml``.

    Raises:
        ConfigError: with every mistake in it, each with its key and how to mend it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {path}", "Run this in the project's root, or give --config PATH."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path} is not readable TOML: {error}", "Mend that line.") from None
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        mistakes = "\n".join(f"  {line}" for line in _mistakes(error.errors(), raw))
        raise ConfigError(
            f"{path} has mistakes:\n{mistakes}",
            "Every key is described by `stageproof schema` (JSON Schema).",
        ) from None
    _refer(config, path)
    return config


def _refer(config: Config, path: Path) -> None:
    """Names that one part of the file uses and another must declare."""
    checks = config.checks
    single = filter(None, [checks.limited, checks.other_tier])
    used = [*checks.identities, *checks.forged.values(), *single]
    for name in used:
        if name not in config.identities:
            raise ConfigError(
                f"{path}: [checks] names the identity {name!r}, which [identities] doesn't have"
                + _nearest(name, config.identities),
                "Declare it as [identities.NAME].",
            )
    for key, name in _doubles_named(config):
        if name not in config.doubles:
            raise ConfigError(
                f"{path}: {key} names the double {name!r}, which [doubles] doesn't have"
                + _nearest(name, config.doubles),
                "Declare it as [doubles.NAME].",
            )
    contracts = config.contracts
    if not (contracts.openapi or contracts.graphql or contracts.asyncapi):
        raise ConfigError(
            f"{path}: [contracts] names no contract, and a stage is judged by what it promises",
            "Name one: openapi, graphql or asyncapi.",
        )
    template = config.template_in(path.parent)
    if template is not None and not template.is_file():
        raise ConfigError(
            f"{path}: template {config.template!r} is not a file", "Give the path of the template."
        )
    if config.load is not None and not (path.parent / config.load.locustfile).is_file():
        raise ConfigError(
            f"{path}: [load] locustfile {config.load.locustfile!r} is not a file",
            "Give the path of Locust's users.",
        )
    for folder in config.scenarios.folders:
        if not (path.parent / folder).is_dir():
            raise ConfigError(
                f"{path}: scenario folder {folder!r} is not a folder", "Create or strike it."
            )


def _doubles_named(config: Config) -> Iterator[tuple[str, str]]:
    """Every reference to a double: the key that has it, and the double's name."""
    for target, settings in config.targets.items():
        for table, given in (
            ("parameters", settings.parameters),
            ("search.parameters", settings.search.parameters),
            ("load.parameters", settings.load.parameters),
        ):
            for parameter, value in given.items():
                if not isinstance(value, str):
                    yield f"targets.{target}.{table}.{parameter}", value.double
    for name, identity in config.identities.items():
        if identity.kind == "oauth" and not isinstance(identity.token_url, str):
            yield f"identities.{name}.token_url", identity.token_url.double
    for issuer, place in config.graphql.discovery.items():
        if not isinstance(place, str):
            yield f"graphql.discovery.{issuer}", place.double
    for scheme, double in config.checks.signatures.items():
        yield f"checks.signatures.{scheme}", double


def _mistakes(errors: Iterable[Any], raw: Mapping[str, Any]) -> Iterator[str]:
    """One line for each of pydantic's errors: the key, what is wrong with it, what was meant."""
    for error in errors:
        where, branch, value = _place(error["loc"], raw)
        if branch[-1:] == ["str"] and isinstance(value, Mapping):
            continue  # of the two things it can be, this isn't the one that was meant
        if branch and error["type"] == "model_type" and not isinstance(value, Mapping):
            continue
        key = ".".join(where)
        context = error.get("ctx", {})
        match error["type"]:
            case "extra_forbidden":
                known = _known(Config.model_json_schema(), where[:-1], branch)
                yield f"{key}: unknown key{_nearest(where[-1], known)}"
            case "missing":
                yield f"{'.'.join([*where, str(error['loc'][-1])])}: missing"
            case "union_tag_not_found":
                yield f"{key}.{context['discriminator'].strip(chr(39))}: missing"
            case "union_tag_invalid":
                tags = [tag.strip(" '") for tag in context["expected_tags"].split(",")]
                yield (
                    f"{key}.{context['discriminator'].strip(chr(39))}: is none of "
                    f"{', '.join(tags)} (it is {context['tag']!r}){_nearest(context['tag'], tags)}"
                )
            case _:
                yield f"{key}: {error['msg'].lower()} (it is {value!r})"


def _place(loc: Sequence[str | int], raw: Any) -> tuple[list[str], list[str], Any]:
    """Where in the file an error is: its key, the model's words that aren't in it, its value."""
    where: list[str] = []
    branch: list[str] = []
    for part in loc:
        if (isinstance(raw, Mapping) and part in raw) or (
            isinstance(raw, list) and isinstance(part, int)
        ):
            where.append(str(part))
            raw = raw[part]  # type: ignore[index]  # either kind takes its own
        else:
            branch.append(str(part))
    return where, branch, raw


def _known(schema: Mapping[str, Any], where: Sequence[str], branch: Sequence[str]) -> list[str]:
    """The keys that the table at this place can have."""
    nodes = [schema]
    for part in where:
        below = (n.get("properties", {}).get(part) or n.get("additionalProperties") for n in nodes)
        tables = [n for n in below if isinstance(n, Mapping)]
        nodes = [x for table in tables for x in _alternatives(table, schema, branch)]
    return [name for node in nodes for name in node.get("properties", {})]


def _alternatives(
    node: Mapping[str, Any], schema: Mapping[str, Any], branch: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """What a value can be, narrowed by the tag that the file gives."""
    if "$ref" in node:
        yield from _alternatives(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], schema, branch)
        return
    tags = node.get("discriminator", {}).get("mapping", {})
    said = [{"$ref": tags[tag]} for tag in branch if tag in tags]
    choices = said or [*node.get("oneOf", ()), *node.get("anyOf", ())]
    if not choices:
        yield node
    for choice in choices:
        yield from _alternatives(choice, schema, branch)


def _nearest(name: str, known: Mapping[str, object] | list[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""

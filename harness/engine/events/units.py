"""The units of an event contract: what each channel's producers send, what its consumers take."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.model import Json
from harness.specs import AsyncApi, Contracts

_PROTOCOLS = frozenset(("sqs", "sns", "eventbridge", "http", "https"))

EventKind = Literal["produced", "consumed"]


@dataclass(frozen=True)
class EventUnit:
    """One channel and one kind of check."""

    id: str
    channel: str
    kind: EventKind
    title: str
    line: int
    reads: bool = False
    """It comes last: it judges what the others brought about."""


def event_units(contracts: Contracts) -> tuple[EventUnit, ...]:
    """Every unit, in the order of the contract; none without one."""
    if contracts.asyncapi is None:
        return ()
    return tuple(_units(contracts.asyncapi, set(published_on(contracts).values())))


def published_on(contracts: Contracts) -> Mapping[str, str]:
    """Mutation → the channel of what it tells subscribers: one whose address is a subscription
    that the mutation feeds."""
    api, graphql = contracts.asyncapi, contracts.graphql
    if api is None or graphql is None:
        return {}
    channels = api.document.root["channels"]
    of = {str(api.document.resolve(c).get("address")): name for name, c in channels.items()}
    return {
        mutation: of[field]
        for mutation, fields in graphql.subscriptions.items()
        for field in fields
        if field in of
    }


def _units(api: AsyncApi, published: Collection[str]) -> Iterator[EventUnit]:
    document = api.document
    file = document.path.as_posix()
    directions = _directions(api)
    for channel, described in document.root["channels"].items():
        where = document.resolve(described)
        line = document.line(("channels", channel))
        if channel not in published and not _heard(api, where):
            continue
        if channel in directions:
            yield EventUnit(
                f"{file}::{channel}::produced", channel, "produced",
                f"{channel}: what is sent keeps its contract", line,
            )  # fmt: skip
        if "receive" in directions.get(channel, ()) and where.get("x-dead-letters"):
            yield EventUnit(
                f"{file}::{channel}::consumed", channel, "consumed",
                f"{channel}: what may be sent is handled, what may not is dead-lettered", line,
            )  # fmt: skip


def _heard(api: AsyncApi, channel: Mapping[str, Json]) -> bool:
    """Whether its messages are heard: on the wire, or as requests of a double."""
    servers = [api.document.resolve(s) for s in channel.get("servers") or ()]
    protocols = {str(s.get("protocol")) for s in servers if isinstance(s, Mapping)}
    return not protocols or bool(protocols & _PROTOCOLS)


def _directions(api: AsyncApi) -> dict[str, set[str]]:
    """Channel → what its operations do there."""
    found: dict[str, set[str]] = {}
    for operation in api.document.root["operations"].values():
        channel = operation["channel"]["$ref"].rpartition("/")[2]
        found.setdefault(channel, set()).add(operation["action"])
    return found

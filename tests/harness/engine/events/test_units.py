"""Which channels of a contract have units."""

from dataclasses import replace
from pathlib import Path

from harness.engine import Project
from harness.engine.events import event_units, published_on

ROOT = Path(__file__).parents[4]


def test_what_subscribers_are_told_has_a_unit_where_a_mutation_feeds_the_channel() -> None:
    contracts = Project.load(ROOT / "harness.toml").contracts
    assert published_on(contracts) == {"publishOrderUpdate": "orderUpdates"}
    produced = {unit.channel for unit in event_units(contracts) if unit.kind == "produced"}
    assert {"orderUpdates", "bus", "payQueue"} <= produced


def test_without_a_graphql_contract_nothing_is_published_there() -> None:
    contracts = replace(Project.load(ROOT / "harness.toml").contracts, graphql=None)
    assert published_on(contracts) == {}
    assert "orderUpdates" not in {unit.channel for unit in event_units(contracts)}

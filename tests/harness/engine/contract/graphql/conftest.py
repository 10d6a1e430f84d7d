"""Runs units of the notes' GraphQL contract against a service with chosen defects."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.config import GraphQlRun
from harness.engine.contract import ContractContext, run_contract_unit, units_of
from harness.model import Header, Identity, UnitResult
from harness.recorder import Recorder
from harness.specs import Contracts, ContractSettings, load_contracts
from tests.harness.engine.contract.graphql.notes_graph import serving_graph
from tests.harness.engine.contract.notes_app import Notes, serving_notes

HERE = Path(__file__).parent

ALICE = Identity("alice", "token-alice", subject="alice")
BOB = Identity("bob", "token-bob", subject="bob")
LARRY = Identity("larry", "token-larry", subject="larry")
EXPIRED = Identity("expired", "token-expired", subject="alice")

SETTINGS = GraphQlRun(
    errors="ErrorType",
    invalid=("INVALID",),
    defects=("DEFECT",),
    limit="LIMITED",
    owned=("Query.note", "Query.notes", "Mutation.writeNote", "Mutation.strikeNote",
           "Subscription.onNote"),
    values={"noteId": "Mutation.writeNote.noteId", "owner": "subject"},
    same_as={"Query.note": "readNote", "Query.notes": "listNotes",
             "Mutation.writeNote": "writeNote"},
    drawn=6,
)  # fmt: skip


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    settings = ContractSettings(openapi="../notes.yaml", graphql="notes.graphql")
    return load_contracts(settings, HERE)


@pytest.fixture
def context(tmp_path: Path, contracts: Contracts) -> Iterator[Callable[..., ContractContext]]:
    """Makes a context against a service with these defects."""
    with ExitStack() as held:

        def make(*defects: str, **changes: Any) -> ContractContext:
            recorder = Recorder(tmp_path / "history.jsonl", Header(run="r"))
            held.callback(recorder.close)
            notes = Notes()
            front = held.enter_context(serving_graph(notes, recorder, defects))
            given: Mapping[str, Any] = {
                "contracts": contracts,
                "base_url": held.enter_context(serving_notes(notes)),
                "graphql_url": front.graphql_url,
                "graphql": SETTINGS,
                "introspection": False,
                "recorder": recorder,
                "identities": [ALICE, BOB],
                "limited": LARRY,
                "forged": {"expired": EXPIRED},
                "seed": 7,
                "keys": ("noteId",),
            }
            return ContractContext(**{**given, **changes})

        yield make


@pytest.fixture
def run() -> Callable[[ContractContext, str], list[UnitResult]]:
    """Runs the GraphQL units whose ``-k`` expression has this text."""

    def run_those(context: ContractContext, select: str = "") -> list[UnitResult]:
        units = [u for u in units_of(context.contracts) if u.contract == "graphql"]
        return [run_contract_unit(u, context) for u in units if select in u.select]

    return run_those

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.engine.contract import ContractContext, run_contract_unit, units_of
from harness.model import Header, Identity, UnitResult
from harness.recorder import Recorder
from harness.specs import Contracts, ContractSettings, load_contracts
from tests.harness.engine.contract.notes_app import serving, sign

HERE = Path(__file__).parent

ALICE = Identity("alice", "token-alice")
BOB = Identity("bob", "token-bob")
CAROL = Identity("carol", "token-carol")
LARRY = Identity("larry", "token-larry")
EXPIRED = Identity("expired", "token-expired")


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return load_contracts(ContractSettings(openapi="notes.yaml"), HERE)


@pytest.fixture
def context(tmp_path: Path, contracts: Contracts) -> Iterator[Callable[..., ContractContext]]:
    """Makes a context against a service with these defects."""
    with ExitStack() as held:

        def make(*defects: str, **changes: Any) -> ContractContext:
            recorder = Recorder(tmp_path / "history.jsonl", Header(run="r"))
            held.callback(recorder.close)
            given: Mapping[str, Any] = {
                "contracts": contracts,
                "base_url": held.enter_context(serving(*defects)),
                "recorder": recorder,
                "identities": [ALICE, BOB],
                "limited": LARRY,
                "forged": {"expired": EXPIRED},
                "signatures": {"signature": sign},
                "signed": frozenset({"signature"}),
                "seed": 7,
                "examples": 15,
                "stateful": 5,
                "keys": ("noteId",),
            }
            return ContractContext(**{**given, **changes})

        yield make


@pytest.fixture
def run() -> Callable[[ContractContext, str], list[UnitResult]]:
    """Runs the units whose ``-k`` expression or kind has this text."""

    def run_those(context: ContractContext, select: str = "") -> list[UnitResult]:
        units = [u for u in units_of(context.contracts) if select in u.select]
        return [run_contract_unit(unit, context) for unit in units]

    return run_those

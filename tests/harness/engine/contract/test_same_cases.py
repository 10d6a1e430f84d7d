import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis.internal.conjecture import providers

from harness.engine.contract import ContractContext
from harness.engine.contract.determinism import no_local_constants
from harness.model import HarnessError, Identity, UnitResult
from tests.harness.engine.contract.conftest import ALICE, BOB, CAROL

ROOT = Path(__file__).parents[4]

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]

ELSEWHERE = """
from pathlib import Path
from tests.harness.engine.contract.conftest import *

LOCAL = "a constant of a local module", 8765432, 0.8765432

def test_writes_digests(context, run, tmp_path):
    path = Path({out!r})
    made = context()
    path.write_text("\\n".join(r.digest for r in run(made, "writeNote") + run(made, "stateful")))
"""


def digests(results: list[UnitResult]) -> list[str]:
    return [r.digest for r in results]


def here(context: Make, run: Run, *defects: str, **changes: object) -> list[str]:
    made = context(*defects, **changes)
    return digests(run(made, "writeNote")) + digests(run(made, "stateful"))


def test_a_seed_gives_the_same_cases_twice(context: Make, run: Run) -> None:
    assert here(context, run) == here(context, run)


def test_another_seed_gives_other_cases(context: Make, run: Run) -> None:
    first, second = here(context, run), here(context, run, seed=8)
    assert first[2] != second[2]


def test_tokens_are_no_part_of_the_cases(context: Make, run: Run) -> None:
    renewed = [Identity("alice", "token-alice-2"), BOB]
    assert here(context, run, identities=renewed) == here(context, run)


def test_what_the_service_answers_does_not_change_what_is_drawn(context: Make, run: Run) -> None:
    def drawn(*defects: str) -> list[str]:
        return digests(run(context(*defects), "writeNote"))

    assert drawn() == drawn("body off its schema", "plain errors")


def test_a_worker_of_another_process_draws_the_same_cases(
    context: Make, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "digests"
    module = tmp_path / "test_elsewhere.py"
    module.write_text(ELSEWHERE.format(out=str(out)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-q", "-p", "no:schemathesis",
         "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
         str(module)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert out.read_text().splitlines() == here(context, run)


def test_sequences_do_not_depend_on_what_other_units_left_behind(context: Make, run: Run) -> None:
    third = [ALICE, BOB, CAROL]
    made = context(identities=third)
    alone = digests(run(made, "stateful"))
    after = context(identities=third)
    run(after, "writeNote")
    assert digests(run(after, "stateful")) == alone


def test_a_hypothesis_that_keeps_its_constants_elsewhere_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(providers, "_get_local_constants")
    with pytest.raises(HarnessError, match="can't be kept"), no_local_constants():
        pass


def test_the_place_where_hypothesis_keeps_local_constants_is_still_asked() -> None:
    """If this fails, a new version of Hypothesis asks elsewhere: look for it there."""
    with no_local_constants():
        asked = providers.HypothesisProvider(None)._local_constants
        assert not any((asked.integers, asked.floats, asked.bytes, asked.strings))

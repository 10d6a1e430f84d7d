"""Somebody else's application: verify finds what is planted in it, and nothing else."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.apps.conftest import Once
from tests.apps.loans import FILES, changed, copied, mended, stageproof

FEWER = {"[checks]": "[checks]\nexamples = 8\nstateful = 6"}
"""Enough to see every documented status; how many there are is the other run's to show."""


@dataclass(frozen=True)
class Outcome:
    """What a run said and left."""

    code: int
    said: str
    verdict: dict[str, Any]
    left: list[str]
    """What is in the application's folder afterwards."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.verdict["findings"]
        return found

    def finding(self, law: str) -> dict[str, Any]:
        (found,) = (f for f in self.findings if f["law"] == law)
        return found


@pytest.fixture(scope="module")
def outcomes(once: Once, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """The application as it is, and without its defects; both at once, on an emulator each."""

    def verify() -> dict[str, Any]:
        planted = copied(tmp_path_factory.mktemp("planted"))
        whole = mended(copied(tmp_path_factory.mktemp("whole")))
        changed(whole / "harness.toml", FEWER)
        running = {root: stageproof(root, "verify", "-n", "1") for root in (planted, whole)}
        try:
            told = {root: run.communicate(timeout=300)[0] for root, run in running.items()}
        finally:
            for run in running.values():
                if run.poll() is None:
                    run.terminate()
                    run.wait(60)
        return {
            name: {
                "code": running[root].returncode,
                "said": told[root],
                "verdict": _verdict(root),
                "left": sorted(path.name for path in root.iterdir()),
            }
            for name, root in (("planted", planted), ("whole", whole))
        }

    return {name: Outcome(**each) for name, each in once("library-loans", verify).items()}


@pytest.fixture(scope="module")
def planted(outcomes: dict[str, Outcome]) -> Outcome:
    return outcomes["planted"]


@pytest.fixture(scope="module")
def whole(outcomes: dict[str, Outcome]) -> Outcome:
    return outcomes["whole"]


def _verdict(root: Path) -> Any:
    path = root / ".stageproof" / "runs" / "latest" / "verdict.json"
    return json.loads(path.read_text()) if path.exists() else {}


def test_its_two_defects_are_found_and_nothing_else(planted: Outcome) -> None:
    assert planted.code == 1, planted.said
    assert {(f["law"], f["unit"]) for f in planted.findings} == {
        ("not_a_server_error", "api.yaml::POST /loans::boundaries"),
        ("isolation", "api.yaml::GET /loans/{loanId}::identities"),
    }
    assert planted.verdict["unknowns"] == []


def test_the_loan_of_four_weeks_is_shown_with_what_was_asked_and_the_functions_traceback(
    planted: Outcome,
) -> None:
    found = planted.finding("not_a_server_error")
    assert found["title"] == "POST /loans answered 502: the server failed"
    assert '"days": 28' in found["exchange"]["request"]
    assert any("IndexError: list index out of range" in line for line in found["logs"])


def test_the_loan_that_anybody_reads_is_shown_with_both_customers(planted: Outcome) -> None:
    found = planted.finding("isolation")
    assert found["title"] == (
        "GET /loans/{loanId} answered 200 to a request of bola for what amina owns"
    )
    assert found["exchange"]["request"].startswith("GET /loans/")


@pytest.mark.parametrize("law", ["isolation", "not_a_server_error"])
def test_each_finding_is_on_the_screen_with_the_command_that_shows_it_again(
    planted: Outcome, law: str
) -> None:
    found = planted.finding(law)
    assert f"law {law}" in planted.said
    assert found["title"] in planted.said
    assert f"see it again: {found['reproduce']}" in planted.said


def test_no_card_stands_on_the_screen_or_in_the_verdict(planted: Outcome) -> None:
    card = "amina.d743edc46ae45397"
    assert card not in planted.said
    assert card not in json.dumps(planted.verdict)


def test_all_that_it_leaves_is_in_a_folder_of_its_own(planted: Outcome) -> None:
    brought = {Path(name).parts[0] for name in FILES}
    assert set(planted.left) - brought == {".stageproof"}


def test_every_documented_status_is_seen(planted: Outcome, whole: Outcome) -> None:
    for outcome in (planted, whole):
        operations = outcome.verdict["coverage"]["operations"]
        assert sum(len(each["seen"]) for each in operations) == 17
    assert "17 of 17 operations × documented outcomes seen (100%)" in whole.said


def test_without_its_defects_it_passes(whole: Outcome) -> None:
    assert whole.code == 0, whole.said
    assert whole.verdict["verdict"] == "pass"
    assert whole.findings == []
    assert whole.verdict["unknowns"] == []
    assert len(whole.verdict["results"]) == 26

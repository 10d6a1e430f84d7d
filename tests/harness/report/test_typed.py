"""What to type next is said as the person who reads it says it, and about the same stage."""

import pytest

from harness.model import Finding
from harness.report.typed import CALLED, all_as_typed, as_typed

STAGE = " --target live --stack prod"


@pytest.fixture
def by_nox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CALLED, "nox -s {} --")


@pytest.fixture
def by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CALLED, raising=False)


@pytest.mark.usefixtures("by_itself")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stageproof verify --lf", f"stageproof verify{STAGE} --lf"),
        ("Start it: stageproof up.", "Start it: stageproof up."),
        ("stageproof check .stageproof/evidence/1", "stageproof check .stageproof/evidence/1"),
        ("stageproof load --users 3", f"stageproof load{STAGE} --users 3"),
    ],
)
def test_a_command_means_the_same_stage(text: str, said: str) -> None:
    assert as_typed(text, STAGE) == said


@pytest.mark.usefixtures("by_nox")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('stageproof verify -k "a" --seed 1', 'nox -s verify -- -k "a" --seed 1'),
        ("Start it: stageproof up.", "Start it: nox -s up."),
        ("Look where `stageproof up` runs", "Look where `nox -s up` runs"),
        ("Run stageproof verify first", "Run nox -s verify first"),
        ("stageproof check /tmp/evidence (again)", "nox -s check -- /tmp/evidence (again)"),
        ("stageproof baseline  (strike it)", "nox -s baseline  (strike it)"),
    ],
)
def test_a_person_who_uses_nox_reads_of_its_sessions(text: str, said: str) -> None:
    assert as_typed(text) == said


@pytest.mark.usefixtures("by_nox")
def test_the_stage_is_an_option_for_what_the_session_runs() -> None:
    assert as_typed("stageproof verify", STAGE) == f"nox -s verify --{STAGE}"


@pytest.mark.usefixtures("by_nox")
def test_findings_are_said_so_and_stay_as_they_were() -> None:
    found = Finding(law="a law", title="broken", reproduce="stageproof verify -k sale")
    (said,) = all_as_typed([found], "")
    assert said.reproduce == "nox -s verify -- -k sale"
    assert found.reproduce == "stageproof verify -k sale"

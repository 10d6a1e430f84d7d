"""Applications as they come: ``init`` in a folder that nobody prepared, then ``verify``."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.apps.conftest import Once
from tests.apps.loans import stageproof

APPS = Path(__file__).parent
FEWER = "\n[checks]\nexamples = 6\nstateful = 4\n"
"""Enough to see every documented status."""
NOT_BROUGHT = ("harness.toml", "baseline.json", ".stageproof")


@dataclass(frozen=True)
class Ran:
    """How one command ended, and the verdict it left."""

    code: int
    said: str
    verdict: dict[str, Any]


Story = dict[str, Ran]


def _ran(root: Path, *arguments: str) -> dict[str, Any]:
    run = stageproof(root, *arguments)
    try:
        said = run.communicate(timeout=180)[0]
    finally:
        if run.poll() is None:
            run.terminate()
            run.wait(60)
    left = root / ".stageproof" / "runs" / "latest" / "verdict.json"
    verdict = json.loads(left.read_text()) if left.exists() else {}
    return {"code": run.returncode, "said": said, "verdict": verdict}


def _brought(name: str, to: Path) -> Path:
    """The application without anything of the harness's."""
    root = to / name
    shutil.copytree(APPS / name, root, ignore=shutil.ignore_patterns(*NOT_BROUGHT))
    return root


@pytest.fixture(scope="module")
def told(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Story]:
    """By what was played."""

    def story(name: str) -> Story:
        def play() -> dict[str, Any]:
            application, played = _PLAYED[name]
            return dict(played(_brought(application, tmp_path_factory.mktemp(application))))

        known = once(f"brought-{name}", play)
        return {step: Ran(**each) for step, each in known.items()}

    return story


def _noticeboard(root: Path) -> dict[str, Any]:
    """A CDK application as ``cdk synth`` left it."""
    init = _ran(root, "init")
    with (root / "harness.toml").open("a") as file:
        file.write(FEWER)
    return {"init": init, "verify": _ran(root, "verify", "-n", "1")}


def _parcels(root: Path) -> dict[str, Any]:
    """An application with an AppSync API, and with defects of its own."""
    boundaries = ("verify", "-k", "Query and boundaries or Query and identities")
    return {
        "init": _ran(root, "init"),
        "verify": _ran(root, *boundaries),
        "baseline": _ran(root, "baseline"),
        "again": _ran(root, *boundaries),
    }


def _graphql_alone(root: Path) -> dict[str, Any]:
    """The same without a REST API's contract."""
    (root / "api.yaml").unlink()
    return {
        "init": _ran(root, "init"),
        "verify": _ran(root, "verify", "-k", "Query and identities"),
    }


_PLAYED = {
    "noticeboard": ("noticeboard", _noticeboard),
    "parcels": ("parcels", _parcels),
    "graphql alone": ("parcels", _graphql_alone),
}


def test_a_synthesized_application_passes_as_it_is(told: Callable[[str], Story]) -> None:
    story = told("noticeboard")
    assert story["init"].code == 0, story["init"].said
    assert "cdk.out/Noticeboard.template.json" in story["init"].said
    ran = story["verify"]
    assert ran.code == 0, ran.said
    assert ran.verdict["unknowns"] == []
    assert len(ran.verdict["results"]) == 13
    assert "6 of 6 operations × documented outcomes seen (100%)" in ran.said


def test_an_application_with_an_appsync_api_is_asked_with_its_own_key(
    told: Callable[[str], Story],
) -> None:
    story = told("parcels")
    assert story["init"].code == 0, story["init"].said
    assert "api key      ApiKey" in story["init"].said
    ran = story["verify"]
    assert ran.verdict["unknowns"] == [], ran.said
    # An empty id, which the schema allows and its table doesn't.
    assert {f["law"] for f in ran.verdict["findings"]} == {"not_a_server_error", "no leaks"}
    assert all("ValidationException" in f["detail"] for f in ran.verdict["findings"])


def test_it_starts_green_with_a_baseline(told: Callable[[str], Story]) -> None:
    story = told("parcels")
    assert [story[step].code for step in ("verify", "baseline", "again")] == [1, 0, 0]
    assert len(story["again"].verdict["known"]) == 2


def test_an_application_without_a_rest_api_is_held_to_its_schema(
    told: Callable[[str], Story],
) -> None:
    story = told("graphql alone")
    assert story["init"].code == 0, story["init"].said
    assert "openapi" not in story["init"].said
    ran = story["verify"]
    assert (ran.code, ran.verdict["unknowns"]) == (0, []), ran.said
    assert [r["unit"] for r in ran.verdict["results"]] == [
        "schema.graphql::Query.parcel::identities"
    ]

"""An existing application starts green: its two defects are known, what is new fails."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from tests.apps.conftest import Once
from tests.apps.loans import changed, copied, stageproof

UNITS = "boundaries and POST or identities and GET"
"""Those that see the planted defects, and a few more."""
NEW = {'"renewals": 0,': '"renewals": -1,'}


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    said: str
    verdict: dict[str, Any]
    skipped: list[str]
    """Messages of what the JUnit report skips."""

    def laws(self, which: str) -> set[str]:
        """Of the findings, the known, or the mended."""
        return {f["law"] for f in self.verdict[which]}


@pytest.fixture(scope="module")
def story(once: Once, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """Verified, taken for known, verified again; one mended and another made, and again."""

    def play() -> dict[str, Any]:
        root = copied(tmp_path_factory.mktemp("known"))
        told = {"before": _verify(root)}
        baseline = stageproof(root, "baseline")
        said = baseline.communicate(timeout=60)[0]
        told["baseline"] = {"code": baseline.returncode, "said": said, "verdict": {}, "skipped": []}
        told["known"] = _verify(root)
        changed(root / "src" / "app.py", {"view(find(event))": "view(find(event, member))", **NEW})
        told["changed"] = _verify(root)
        return told

    return {name: Ran(**each) for name, each in once("known-defects", play).items()}


def _verify(root: Path) -> dict[str, Any]:
    run = stageproof(root, "verify", "-k", UNITS)
    try:
        said = run.communicate(timeout=180)[0]
    finally:
        if run.poll() is None:
            run.terminate()
            run.wait(60)
    last = root / ".stageproof" / "runs" / "latest"
    skipped = parse(last / "junit.xml").iter("skipped")  # noqa: S314 (our own)
    return {
        "code": run.returncode,
        "said": said,
        "verdict": json.loads((last / "verdict.json").read_text()),
        "skipped": [each.get("message", "") for each in skipped],
    }


def test_its_defects_fail_until_they_are_known(story: dict[str, Ran]) -> None:
    assert story["before"].code == 1, story["before"].said
    assert story["before"].laws("findings") == {"not_a_server_error", "isolation"}
    assert story["baseline"].said.count("known from now on") == 2
    assert story["known"].code == 0, story["known"].said
    assert story["known"].laws("known") == {"not_a_server_error", "isolation"}


@pytest.mark.parametrize(
    "shown",
    [
        lambda ran: ran.said,
        lambda ran: "\n".join(ran.skipped),
    ],
    ids=["screen", "junit"],
)
def test_the_known_are_shown_all_the_same(
    story: dict[str, Ran], shown: Callable[[Ran], str]
) -> None:
    assert "POST /loans answered 502: the server failed" in shown(story["known"])


def test_a_new_one_fails_beside_the_known(story: dict[str, Ran]) -> None:
    ran = story["changed"]
    assert ran.code == 1, ran.said
    assert ran.laws("findings") == {"response_schema_conformance"}
    assert ran.laws("known") == {"not_a_server_error"}


def test_a_mended_one_is_asked_to_be_struck(story: dict[str, Ran]) -> None:
    assert story["known"].verdict["mended"] == []
    assert story["changed"].laws("mended") == {"isolation"}
    assert "NO LONGER SEEN (strike them: stageproof baseline)" in story["changed"].said

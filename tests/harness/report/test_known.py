"""What the baseline has is shown, and set apart from what fails."""

import io
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from harness.evidence import Conclusion, Known
from harness.model import Finding, UnitResult, Verdict
from harness.report import junit, screen

OLD = Finding(law="isolation", title="saw another's", fingerprint="f1", reproduce="verify -k a")
NEW = Finding(law="no 5xx", title="answered 500", fingerprint="f2")
GONE = Known(fingerprint="f3", law="at most once", unit="c", title="charged twice")


def conclusion(*new: Finding) -> Conclusion:
    verdict = Verdict.FAIL if new else Verdict.PASS
    result = UnitResult(
        unit="api::GET /a::positive",
        title="a",
        kind="positive",
        verdict=verdict,
        findings=new,
        known=(OLD,),
    )
    return Conclusion(
        verdict=verdict,
        exit_code=1 if new else 0,
        run="r",
        application="shop",
        target="t",
        seed=0,
        units={"pass": 1},
        findings=new,
        known=(OLD,),
        mended=(GONE,),
        results=(result,),
    )


def shown(what: Conclusion, same: str = "") -> str:
    console = Console(file=io.StringIO(), width=120, record=True)
    console.print(screen(what, same=same))
    return console.export_text()


def test_the_screen_lists_known_findings_and_those_to_strike() -> None:
    said = shown(conclusion())
    assert "KNOWN (baseline.json; does not change the verdict)" in said
    assert "isolation saw another's" in said
    assert "KNOWN, AND NO LONGER SEEN (strike them: stageproof baseline)" in said
    assert "at most once charged twice" in said
    assert "1 known finding" in said
    assert "next     stageproof baseline" in said


def test_a_unit_that_fails_as_is_known_does_not_look_as_if_it_passed() -> None:
    row = next(line for line in shown(conclusion()).splitlines() if line.startswith("GET /a"))
    assert "✘" in row


def test_junit_skips_a_unit_that_fails_as_is_known_and_says_why() -> None:
    suite = fromstring(junit(conclusion()).split("\n", 1)[1])[0]  # noqa: S314 (our own)
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    assert suite.find("testcase/skipped").get("message") == "known: isolation: saw another's"  # type: ignore[union-attr]
    assert suite.find("properties/property").get("value") == "at most once: charged twice"  # type: ignore[union-attr]


@pytest.mark.parametrize("what", ["failure", "system-out"])
def test_junit_has_the_new_as_failure_and_the_known_beside_it(what: str) -> None:
    suite = fromstring(junit(conclusion(NEW)).split("\n", 1)[1])[0]  # noqa: S314 (our own)
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "0")
    assert suite.find(f"testcase/{what}") is not None


def test_what_to_type_next_is_said_once_and_about_the_same_target() -> None:
    again = OLD.model_copy(update={"reproduce": "stageproof verify -k sale"})
    said = shown(conclusion(again), " --target localstack")
    assert "see it again: stageproof verify --target localstack -k sale" in said
    assert "next     stageproof verify --target localstack -k sale" in said

"""What a person and a CI system are shown."""

import io
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from harness.evidence import Conclusion, Coverage, FaultsSearched, OperationCoverage
from harness.model import (
    CaseCount,
    Exchange,
    Finding,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
)
from harness.report import junit, picture, screen

SUBMIT = "POST /v1/orders"
LACK = Unknown(
    kind=UnknownKind.CAPABILITY, what="gateway-responses", why="stored, but the default is sent"
)
FINDING = Finding(
    law="at most once",
    title="order 17 was charged twice",
    detail="charge c1 at 3.1 s, charge c2 at 3.4 s",
    story=("drawn: 2 yams", "fault: paystack.initialize #1 after lose"),
    exchange=Exchange(request="POST /v1/orders", response="202 {}"),
    logs=("ERROR charge", "Traceback (most recent call last):"),
    reproduce="stageproof verify --seed 7 -k 'payment_failure'",
    fingerprint="f1",
    seen=3,
)


def unit(name: str, kind: str, verdict: Verdict, **more: object) -> UnitResult:
    return UnitResult.model_validate(
        {"unit": name, "title": name, "kind": kind, "verdict": verdict, **more}
    )


def conclusion(verdict: Verdict) -> Conclusion:
    failed = verdict is Verdict.FAIL
    story = unit(
        "scenarios/payment.py::payment_failure",
        "scenario",
        verdict,
        title="Whatever goes wrong, one charge is applied",
        cases=CaseCount(ran=5, counted=5, entities=41, faults_planned=9, faults_fired=9),
        seconds=7.3,
        findings=(FINDING,) if failed else (),
        times={"list to link p50": 0.41, "list to link max": 0.9},
    )
    contract = unit(
        f"contracts/openapi.yaml::{SUBMIT}::positive", "positive", Verdict.PASS,
        cases=CaseCount(ran=25),
    )  # fmt: skip
    lacking = unit(
        f"contracts/openapi.yaml::{SUBMIT}::identities", "identities", Verdict.UNKNOWN,
        cases=CaseCount(ran=6), unknowns=(LACK,),
    )  # fmt: skip
    field = unit(
        "contracts/schema.graphql::Query.order::boundaries", "boundaries", Verdict.PASS,
        cases=CaseCount(ran=19),
    )  # fmt: skip
    return Conclusion(
        verdict=verdict,
        exit_code=int(failed),
        run="r1",
        application="shop",
        target="embedded",
        seed=7,
        seconds=48.2,
        units={"pass": 2, "fail": int(failed), "unknown": 1},
        contract_cases=31,
        scenario_cases=5,
        entities=41,
        faults_fired=9,
        environments={"pay": 3},
        records=4120,
        coverage=Coverage(
            operations=(
                OperationCoverage(operation=SUBMIT, seen={"202": 20, "429": 0}, undocumented={}),
                OperationCoverage(
                    operation="Query.order", seen={"ok": 9, "NOT_FOUND": 0}, undocumented={}
                ),
            )
        ),
        findings=(FINDING,) if failed else (),
        unknowns=(LACK,),
        results=(contract, lacking, field, story),
        phases={"emulator": 0.9, "deploy": 3.2, "contract": 20.0, "scenarios": 18.0},
        cases_digest="0123456789abcdef",
        evidence=".stageproof/runs/r1",
        stages=1,
    )


def shown(verdict: Verdict) -> str:
    out = io.StringIO()
    Console(file=out, width=120, color_system=None).print(screen(conclusion(verdict)))
    return out.getvalue()


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_the_verdict_screen(verdict: Verdict, snapshot: SnapshotAssertion) -> None:
    assert shown(verdict) == snapshot


def test_a_finding_shows_law_story_logs_and_the_command_that_shows_it_again() -> None:
    text = shown(Verdict.FAIL)
    for part in (FINDING.law, FINDING.title, *FINDING.story, *FINDING.logs, FINDING.reproduce):
        assert part in text


def test_junit_tells_failures_from_errors_and_from_what_the_target_lacks() -> None:
    suite = fromstring(junit(conclusion(Verdict.FAIL)).split("\n", 1)[1])[0]  # noqa: S314
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert FINDING.title in (suite.find(".//failure").get("message") or "")  # type: ignore[union-attr]


def test_the_picture_shows_the_screen_and_asks_no_other_machine_for_anything() -> None:
    svg = picture(conclusion(Verdict.PASS))
    assert "PASS" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_a_verdict_says_what_a_search_of_the_same_application_tried() -> None:
    def shown(*searched: FaultsSearched) -> str:
        console = Console(file=io.StringIO(), width=120)
        console.print(screen(conclusion(Verdict.PASS).model_copy(update={"searched": searched})))
        return console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above

    found = FaultsSearched(
        story="s.py::a_sale", points=12, planned=40, explored=32, fired=30, survived=29, broke=1,
        not_reached=2, alike=0, by_function={}, by_service={},
    )  # fmt: skip
    assert "a sale 30 of 40 happened (75%) at 12 points, 1 broke a law" in shown(found)
    assert "none of this application (stageproof chaos)" in shown()

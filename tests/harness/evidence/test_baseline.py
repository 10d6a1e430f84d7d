"""What is known to be wrong, from one run to the next."""

from pathlib import Path

import pytest

from harness.evidence import Baseline, EvidenceError, Folder, Manifest, conclude, found
from harness.evidence import read_baseline as read
from harness.model import Finding, Header, UnitResult, Unknown, UnknownKind, Verdict
from harness.recorder import Recorder

CRASH = Finding(law="no 5xx", title="POST /orders answered 500", fingerprint="f1", seen=3)
LEAK = Finding(law="isolation", title="bola saw amina's", fingerprint="f2")


def result(unit: str, *findings: Finding, kind: str = "positive", **more: object) -> UnitResult:
    verdict = Verdict.FAIL if findings else Verdict.PASS
    return UnitResult.model_validate(
        {"unit": unit, "title": unit, "kind": kind, "verdict": verdict, "findings": findings} | more
    )


def known(*results: UnitResult) -> Baseline:
    return Baseline().renewed(results, add=True)


def test_a_known_finding_does_not_make_its_unit_fail_and_is_kept_beside() -> None:
    failing = result("a", CRASH)
    sifted = known(failing).sifted(failing)
    assert (sifted.verdict, sifted.findings, sifted.known) == (Verdict.PASS, (), (CRASH,))


def test_a_new_finding_fails_beside_a_known_one() -> None:
    sifted = known(result("a", CRASH)).sifted(result("a", CRASH, LEAK))
    assert (sifted.verdict, sifted.findings, sifted.known) == (Verdict.FAIL, (LEAK,), (CRASH,))


def test_a_doubt_beside_a_known_finding_stays_one() -> None:
    doubt = Unknown(kind=UnknownKind.LAW_ERROR, what="x", why="y")
    failing = result("a", CRASH, unknowns=(doubt,))
    assert known(failing).sifted(failing).verdict is Verdict.UNKNOWN


def test_what_was_asked_and_answered_makes_no_difference() -> None:
    later = CRASH.model_copy(
        update={"title": "other words", "detail": "other bodies", "seen": 1, "keys": ("k",)}
    )
    assert known(result("a", CRASH)).sifted(result("a", later)).findings == ()


def test_another_kind_of_check_may_see_a_contracts_defect_first() -> None:
    baseline = known(result("api::POST /orders::boundaries", CRASH, kind="boundaries"))
    sifted = baseline.sifted(result("api::POST /orders::negative", CRASH, kind="negative"))
    assert sifted.known == (CRASH,)


def test_the_same_law_broken_in_another_story_is_new() -> None:
    baseline = known(result("s.py::happy", CRASH, kind="scenario"))
    sifted = baseline.sifted(result("s.py::unhappy", CRASH, kind="scenario"))
    assert sifted.findings == (CRASH,)


def test_the_whole_history_is_one_unit_whichever_worker_saw_it() -> None:
    baseline = known(result("history-gw0", CRASH, kind="scenario"))
    assert baseline.sifted(result("history-gw1", CRASH, kind="scenario")).known == (CRASH,)


def test_what_is_no_longer_seen_is_told_only_where_its_unit_was_judged() -> None:
    baseline = known(result("a", CRASH), result("b", LEAK))
    unjudged = result("b", verdict=Verdict.UNKNOWN)
    assert [k.law for k in baseline.unseen([result("a"), unjudged])] == ["no 5xx"]
    assert baseline.unseen([]) == ()


def test_what_another_unit_still_sees_is_not_mended() -> None:
    baseline = known(result("a", CRASH))
    assert baseline.unseen([result("a"), result("b", CRASH)]) == ()


def test_renewing_strikes_what_is_mended_and_takes_in_what_is_new_only_if_asked() -> None:
    baseline = known(result("a", CRASH))
    now = [result("a"), result("b", LEAK)]
    assert baseline.renewed(now, add=False).findings == ()
    assert [k.law for k in baseline.renewed(now, add=True).findings] == ["isolation"]


def test_what_is_known_stays_known_when_renewed() -> None:
    baseline = known(result("a", CRASH))
    again = [baseline.sifted(result("a", CRASH))]
    assert baseline.renewed(again, add=False) == baseline
    assert [k.unit for k in found(again)] == ["a"]


def test_a_file_that_is_not_there_knows_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "baseline.json") == Baseline()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no baseline"),
        ('{"findings": [{"law": "x"}]}', "is no baseline: findings.0.fingerprint"),
        ('{"format": 2}', "has format 2, this version reads 1"),
    ],
)
def test_a_file_that_cant_be_used_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "baseline.json").write_text(text)
    with pytest.raises(EvidenceError, match=said):
        read(tmp_path / "baseline.json")


def test_a_run_with_nothing_but_known_findings_passes_and_shows_them(tmp_path: Path) -> None:
    manifest = Manifest(run="r", application="shop", target="t", seed=1, started="")
    folder = Folder.create(tmp_path / "run", manifest)
    Recorder(folder.history("main"), Header()).close()
    baseline = known(result("a", CRASH), result("b", LEAK))
    for one in (result("a", CRASH), result("b"), result("history-main", kind="scenario")):
        folder.add_result(baseline.sifted(one))
    conclusion = conclude(folder, seconds=1, phases={}, baseline=baseline)
    assert (conclusion.verdict, conclusion.exit_code) == (Verdict.PASS, 0)
    assert conclusion.known == (CRASH,)
    assert [k.law for k in conclusion.mended] == ["isolation"]

"""From results and histories to a verdict."""

from pathlib import Path

import pytest

from harness.commands.judged import check_judged
from harness.evidence import Folder, Manifest, conclude
from harness.evidence.coverage import coverage
from harness.model import (
    CaseCount,
    Finding,
    HarnessError,
    Header,
    History,
    Record,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
)
from harness.recorder import Recorder

SHOP = "POST /orders"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    manifest = Manifest(
        run="r1",
        application="shop",
        target="embedded",
        seed=7,
        started="2026-01-01T00:00:00+00:00",
        documented={SHOP: ("202", "400", "503")},
        only_under_fault={SHOP: ("503",)},
    )
    folder = Folder.create(tmp_path / "run", manifest)
    Recorder(folder.history("main"), Header()).close()
    return folder


def result(unit: str, verdict: Verdict, **more: object) -> UnitResult:
    return UnitResult.model_validate(
        {"unit": unit, "title": unit, "kind": "positive", "verdict": verdict, **more}
    )


def told(folder: Folder, *results: UnitResult, expected: tuple[str, ...] = ()) -> tuple[str, int]:
    for one in results:
        folder.add_result(one)
    conclusion = conclude(folder, seconds=1, phases={}, expected=expected)
    return conclusion.verdict.value, conclusion.exit_code


def test_units_that_pass_make_a_pass(folder: Folder) -> None:
    assert told(folder, result("a", Verdict.PASS)) == ("pass", 0)


def test_no_unit_at_all_is_unknown(folder: Folder) -> None:
    assert told(folder) == ("unknown", 2)


def test_one_finding_makes_a_fail(folder: Folder) -> None:
    finding = Finding(law="no 5xx", title="500", fingerprint="f")
    bad = result("b", Verdict.FAIL, findings=(finding,))
    assert told(folder, result("a", Verdict.PASS), bad) == ("fail", 1)


def test_a_measured_lack_of_the_target_changes_nothing(folder: Folder) -> None:
    lack = Unknown(kind=UnknownKind.CAPABILITY, what="waf", why="not enforced")
    lacking = result("b", Verdict.UNKNOWN, unknowns=(lack,))
    assert told(folder, result("a", Verdict.PASS), lacking) == ("pass", 0)


@pytest.mark.parametrize(
    "kind", [UnknownKind.BUDGET, UnknownKind.NOTHING_SEEN, UnknownKind.LAW_ERROR]
)
def test_every_other_unknown_exits_1(folder: Folder, kind: UnknownKind) -> None:
    unsure = result("b", Verdict.UNKNOWN, unknowns=(Unknown(kind=kind, what="x", why="y"),))
    assert told(folder, result("a", Verdict.PASS), unsure) == ("unknown", 1)


def test_a_run_of_which_no_unit_was_judged_could_not_do_its_job(folder: Folder) -> None:
    lacks = [
        Unknown(kind=UnknownKind.CAPABILITY, what="x", why=why, unit=unit)
        for unit, why in (("a", "no wire"), ("b", "no control"), ("c", "no control"))
    ]
    units = [result(u.unit, Verdict.UNKNOWN, unknowns=(u,)) for u in lacks]
    assert told(folder, *units, whole("main", paid=Verdict.PASS)) == ("unknown", 2)
    concluded = conclude(folder, seconds=1, phases={})
    assert concluded.commonest == lacks[1]
    with pytest.raises(
        HarnessError, match="no unit could be judged; most often: capability: no control"
    ) as refused:
        check_judged(concluded)
    assert "--target" in refused.value.mend


def test_one_judged_unit_makes_a_verdict(folder: Folder) -> None:
    unsure = Unknown(kind=UnknownKind.BUDGET, what="x", why="y", unit="a")
    units = (result("a", Verdict.UNKNOWN, unknowns=(unsure,)), result("b", Verdict.PASS))
    assert told(folder, *units) == ("unknown", 1)
    check_judged(conclude(folder, seconds=1, phases={}))


def test_what_the_whole_history_broke_is_a_verdict_though_no_unit_was_judged(
    folder: Folder,
) -> None:
    finding = Finding(law="paid", title="twice", fingerprint="f")
    broken = whole("main", paid=Verdict.FAIL).model_copy(update={"findings": (finding,)})
    assert told(folder, result("a", Verdict.UNKNOWN), broken) == ("fail", 1)


def test_units_that_all_ended_with_their_worker_are_no_verdict(folder: Folder) -> None:
    assert told(folder, expected=("a", "b")) == ("unknown", 2)
    concluded = conclude(folder, seconds=1, phases={}, expected=("a", "b"))
    with pytest.raises(HarnessError, match="never ended") as refused:
        check_judged(concluded)
    assert "pytest.log" in refused.value.mend


def test_a_unit_that_was_collected_but_never_ended_is_unknown(folder: Folder) -> None:
    assert told(folder, result("a", Verdict.PASS), expected=("a", "b")) == ("unknown", 1)


def test_the_same_finding_of_two_units_is_told_once_with_both_counted(folder: Folder) -> None:
    finding = Finding(law="no 5xx", title="500", fingerprint="f", seen=2)
    for unit in ("a", "b"):
        folder.add_result(result(unit, Verdict.FAIL, findings=(finding,)))
    (kept,) = conclude(folder, seconds=1, phases={}).findings
    assert kept.seen == 4


def test_the_digest_of_cases_does_not_depend_on_who_ran_them(folder: Folder) -> None:
    folder.add_result(result("b", Verdict.PASS, digest="2", worker="gw0"))
    folder.add_result(result("a", Verdict.PASS, digest="1", worker="gw1"))
    mixed = conclude(folder, seconds=1, phases={}).cases_digest
    other = Folder.create(folder.path.with_name("other"), folder.manifest)
    other.add_result(result("a", Verdict.PASS, digest="1", worker="main"))
    other.add_result(result("b", Verdict.PASS, digest="2", worker="main"))
    assert conclude(other, seconds=1, phases={}).cases_digest == mixed


def test_results_cut_short_by_a_kill_are_dropped_and_the_rest_is_read(folder: Folder) -> None:
    folder.add_result(result("a", Verdict.PASS, worker="main"))
    with (folder.path / "units-main.jsonl").open("a") as file:
        file.write('{"unit": "b", "tit')
    assert [r.unit for r in folder.results()] == ["a"]


def test_an_error_that_several_workers_met_is_told_once(folder: Folder) -> None:
    for worker in ("gw0", "gw1"):
        folder.write_error(worker, HarnessError("no network", "get one"))
    assert [(e.what, e.mend) for e in folder.errors()] == [("no network", "get one")]


def answered(*statuses: int) -> History:
    records = [
        Record(call=n, kind="ok", at=n, feed="client", name=SHOP, held={"status": s})
        for n, s in enumerate(statuses)
    ]
    return History(Header(), records)


def test_coverage_counts_each_documented_status_once_however_often_it_was_seen() -> None:
    cover = coverage({SHOP: ("202", "400")}, {}, [answered(202, 202)])
    assert (cover.exercised, cover.documented, cover.missing) == (1, 2, (f"{SHOP} 400",))


def test_a_status_that_needs_a_fault_is_not_missed_but_counts_when_it_was_seen() -> None:
    documented = {SHOP: ("202", "503")}
    without = coverage(documented, {SHOP: ("503",)}, [answered(202)])
    seen = coverage(documented, {SHOP: ("503",)}, [answered(202, 503)])
    assert (without.documented, seen.documented, seen.share) == (1, 2, 1.0)


def test_cases_and_faults_are_summed_over_units(folder: Folder) -> None:
    cases = CaseCount(ran=3, entities=5, faults_fired=2)
    folder.add_result(result("a", Verdict.PASS, kind="scenario", cases=cases))
    folder.add_result(result("b", Verdict.PASS, cases=CaseCount(ran=10)))
    c = conclude(folder, seconds=1, phases={})
    assert (c.scenario_cases, c.contract_cases, c.entities, c.faults_fired) == (3, 10, 5, 2)


def whole(worker: str, **laws: Verdict) -> UnitResult:
    unknowns = tuple(
        Unknown(kind=UnknownKind.NOTHING_SEEN, what=name, why="nothing", unit=f"history-{worker}")
        for name, verdict in laws.items()
        if verdict is Verdict.UNKNOWN
    )
    return result(
        f"history-{worker}", Verdict.UNKNOWN, kind="scenario", laws=laws, unknowns=unknowns,
        worker=worker,
    )  # fmt: skip


def test_what_a_law_of_the_whole_saw_on_one_stage_it_need_not_see_on_another(
    folder: Folder,
) -> None:
    gw0 = whole("gw0", paid=Verdict.PASS, lost=Verdict.UNKNOWN)
    gw1 = whole("gw1", paid=Verdict.UNKNOWN, lost=Verdict.PASS)
    assert told(folder, gw0, gw1) == ("pass", 0)


def test_what_a_law_of_the_whole_saw_nowhere_is_unknown(folder: Folder) -> None:
    nowhere = [whole(worker, paid=Verdict.UNKNOWN) for worker in ("gw0", "gw1")]
    assert told(folder, result("a", Verdict.PASS), *nowhere) == ("unknown", 1)


def test_single_keys_that_a_law_of_the_whole_left_open_are_listed_and_change_nothing(
    folder: Folder,
) -> None:
    left = Unknown(kind=UnknownKind.UNDECIDED, what="paid", why="of 1 (a)", unit="history-gw0")
    gw0 = whole("gw0", paid=Verdict.PASS).model_copy(update={"unknowns": (left,)})
    assert told(folder, gw0) == ("pass", 0)
    (shown,) = conclude(folder, seconds=1, phases={}).unknowns
    assert (shown.kind, shown.what) == (UnknownKind.UNDECIDED, "paid")


def test_of_a_part_of_the_units_the_laws_of_the_whole_need_not_see_anything(
    folder: Folder,
) -> None:
    folder.add_result(result("a", Verdict.PASS))
    folder.add_result(whole("main", paid=Verdict.UNKNOWN))
    assert conclude(folder, seconds=1, phases={}, partial=True).verdict is Verdict.PASS

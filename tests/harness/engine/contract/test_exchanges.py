from collections.abc import Callable
from pathlib import Path

from harness.engine.contract import ContractContext
from harness.model import Capability, Measured, UnitResult, UnknownKind, Verdict

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]

OWN_WORDS = "the gateway refuses in its own words"


def lacking(capability: Capability) -> Measured | None:
    how = "asked, and got its own body"
    return Measured(capability, False, how) if capability is Capability.GATEWAY_RESPONSES else None


def takes_apart(capability: Capability) -> Measured | None:
    how = "a body without its parts never got through"
    return Measured(capability, False, how) if capability is Capability.ANY_BODY else None


def test_every_exchange_is_an_invoke_and_its_completion(context: Make, run: Run) -> None:
    made = context()
    (result,) = run(made, "writeNote and positive")
    records = made.recorder.history.records
    invokes = [r for r in records if r.kind == "invoke"]
    ends = {r.call: r for r in records if r.kind != "invoke"}
    assert len(invokes) == sum(result.statuses["POST /notes"].values()) == len(ends)
    assert {r.cases for r in invokes} == {(result.unit,)}
    assert all(ends[r.call].value["status"] == 201 for r in invokes)
    assert all(ends[r.call].key for r in invokes)


def test_tokens_and_signatures_never_reach_history_or_findings(
    context: Make, run: Run, tmp_path: Path
) -> None:
    results = run(context("plain errors", "unsigned events pass"), "identities")
    told = "".join(r.model_dump_json() for r in results)
    written = (tmp_path / "history.jsonl").read_text()
    for secret in ("token-alice", "token-bob", "token-expired"):
        assert secret not in told
        assert secret not in written
    assert "x-signature: …" in told


def test_what_a_gateway_says_by_itself_is_unknown_where_it_was_measured_to(
    context: Make, run: Run
) -> None:
    (result,) = run(context(OWN_WORDS, capability=lacking), "readNote and identities")
    assert result.verdict is Verdict.PASS
    assert {u.kind for u in result.unknowns} == {UnknownKind.CAPABILITY}
    assert {u.why for u in result.unknowns} == {"asked, and got its own body"}
    assert {u.capabilities for u in result.unknowns} == {(Capability.GATEWAY_RESPONSES,)}
    assert {u.answer for u in result.unknowns} <= {
        (operation, status) for operation, seen in result.statuses.items() for status in seen
    }


def test_it_is_a_finding_where_the_gateway_could_say_otherwise(context: Make, run: Run) -> None:
    (result,) = run(context(OWN_WORDS), "readNote and identities")
    assert {f.law for f in result.findings} == {"content_type_conformance"}


def test_a_garbled_body_is_not_judged_where_the_gateway_takes_bodies_apart(
    context: Make, run: Run
) -> None:
    defect = "the gateway takes bodies apart"
    (result,) = run(context(defect, capability=takes_apart), "writeNote and boundaries")
    assert result.verdict is Verdict.PASS
    assert {u.why for u in result.unknowns} == {"a body without its parts never got through"}
    (result,) = run(context(defect), "writeNote and boundaries")
    assert result.verdict is Verdict.FAIL


def test_findings_carry_the_log_lines_of_their_own_request(context: Make, run: Run) -> None:
    def logs(start: float, end: float, tokens: object) -> tuple[str, ...]:
        assert start <= end
        return tuple(f"line of {t}" for t in tokens)  # type: ignore[attr-defined]

    (result,) = run(context("undocumented status", logs=logs), "writeNote and examples")
    (finding,) = result.findings
    (line,) = finding.logs
    assert finding.exchange is not None
    assert line.removeprefix("line of ") in finding.exchange.request


def test_without_anybody_to_call_as_nothing_is_said_to_pass(context: Make, run: Run) -> None:
    (result,) = run(context(identities=[]), "writeNote and positive")
    assert result.verdict is Verdict.UNKNOWN
    assert "nobody has the credentials" in result.unknowns[0].why


def test_without_anybody_who_signs_nothing_is_said_to_pass(context: Make, run: Run) -> None:
    (result,) = run(context(signatures={}), "takeEvent and positive")
    assert result.verdict is Verdict.UNKNOWN


def test_a_limit_that_cannot_be_used_up_is_unknown(context: Make, run: Run) -> None:
    (result,) = run(context(limited=None), "listNotes and boundaries")
    assert [u.what for u in result.unknowns] == ["429 of GET /notes"]
    assert result.verdict is Verdict.UNKNOWN


def test_a_service_that_is_gone_is_no_pass(context: Make, run: Run) -> None:
    (result,) = run(context(base_url="http://127.0.0.1:9"), "listNotes and positive")
    assert result.verdict is not Verdict.PASS


def test_silence_is_a_finding(context: Make, run: Run) -> None:
    (result,) = run(context("lists never come", timeout=0.1, examples=2), "listNotes and examples")
    assert [f.title for f in result.findings] == ["GET /notes gave no answer in 0.1 s"]


def test_every_case_is_told_as_it_ends(context: Make, run: Run) -> None:
    ended: list[bool] = []
    made = context("undocumented status", case_ended=lambda case, passed: ended.append(passed))
    (result,) = run(made, "writeNote and examples")
    assert len(ended) == result.cases.ran
    assert ended.count(False) == 1

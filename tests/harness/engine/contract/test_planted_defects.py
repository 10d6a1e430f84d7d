from collections.abc import Callable

import pytest

from harness.engine.contract import ContractContext
from harness.model import UnitResult, Verdict
from tests.harness.engine.contract.notes_app import serving

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]


@pytest.mark.parametrize(
    ("defect", "select", "law", "title"),
    [
        (
            "server error at the longest title", "writeNote and boundaries",
            "not_a_server_error", "POST /notes answered 500: the server failed",
        ),
        (
            "undocumented status", "writeNote and examples",
            "status_code_conformance", "POST /notes answered 203, which is not documented",
        ),
        (
            "body off its schema", "writeNote and positive",
            "response_schema_conformance",
            "POST /notes answered 201 with a body that breaks its schema",
        ),
        (
            "invalid stars pass", "writeNote and boundaries",
            "negative_data_rejection", "POST /notes accepted an invalid request with 201",
        ),
        (
            "another's note is readable", "readNote and identities",
            "isolation", "GET /notes/{noteId} answered 200 to a request of bob for what alice owns",
        ),
        (
            "another's note can be struck", "strikeNote and identities",
            "isolation", "DELETE /notes/{noteId} by bob changed what alice owns",
        ),
        (
            "another's read changes the stars", "readNote and identities",
            "isolation", "GET /notes/{noteId} by bob changed what alice owns",
        ),
        (
            "list shows everybody's notes", "listNotes and identities",
            "isolation", "GET /notes shows bob what alice owns",
        ),
        (
            "plain errors", "writeNote and identities",
            "content_type_conformance",
            "POST /notes answered 401 as text/plain, which is not documented",
        ),
        (
            "expired tokens pass", "readNote and identities",
            "authentication",
            "GET /notes/{noteId} answered 200 to a token that is forged (expired)",
        ),
        (
            "unsigned events pass", "takeEvent and identities",
            "authentication", "POST /hook answered 200 to a forged signature",
        ),
        (
            "limit lets one more in", "listNotes and boundaries",
            "rate limit", "GET /notes accepted 5 requests of a limit of 4",
        ),
        (
            "repeat writes again", "writeNote and boundaries",
            "idempotency", "POST /notes answered a repeated request otherwise",
        ),
        (
            "key taken for another body", "writeNote and boundaries",
            "idempotency", "POST /notes answered 201 to a key that was used for another body",
        ),
        (
            "huge bodies pass", "writeNote and boundaries",
            "body size", "POST /notes answered 201 to a body of 1025 bytes",
        ),
        (
            "any media type passes", "writeNote and boundaries",
            "media type", "POST /notes answered 201 to a body declared as text/plain",
        ),
    ],
)  # fmt: skip
def test_a_planted_defect_is_found_once_and_told_readably(
    context: Make, run: Run, defect: str, select: str, law: str, title: str
) -> None:
    (result,) = run(context(defect), select)
    assert result.verdict is Verdict.FAIL
    (finding,) = [f for f in result.findings if f.title == title]
    assert finding.law == law
    assert finding.exchange is not None
    assert finding.exchange.request.startswith(title.split(" ", maxsplit=1)[0])
    assert finding.reproduce == f'stageproof verify -k "{select}" --seed 7'


def test_the_same_defect_has_the_same_fingerprint_in_every_unit(context: Make, run: Run) -> None:
    results = run(context("undocumented status"), "writeNote")
    prints = {f.fingerprint for r in results for f in r.findings}
    assert len(prints) == 1


def test_what_follows_from_a_server_error_is_not_told_again(context: Make, run: Run) -> None:
    (result,) = run(context("server error at the longest title"), "writeNote and boundaries")
    assert [f.law for f in result.findings] == ["not_a_server_error"]


def test_what_moves_by_itself_is_not_put_down_to_a_stranger(context: Make, run: Run) -> None:
    # Two reads say the same, then the stranger comes, and just then it moves.
    with serving(moving=3) as url:
        (result,) = run(context(base_url=url), "readNote and identities")
    assert [f.title for f in result.findings] == []


def test_a_sound_service_passes_and_every_documented_status_is_seen(
    context: Make, run: Run
) -> None:
    made = context()
    results = run(made)
    assert [f.title for r in results for f in r.findings] == []
    assert [str(u) for r in results for u in r.unknowns] == []
    assert {r.verdict for r in results} == {Verdict.PASS}
    seen = {(label, s) for r in results for label, statuses in r.statuses.items() for s in statuses}
    documented = {(o.label, s) for o in made.contracts.openapi.operations for s in o.statuses}
    assert documented <= seen

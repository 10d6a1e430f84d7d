from collections.abc import Callable

import pytest

from harness.engine.contract import ContractContext
from harness.model import UnitResult, Verdict

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]


@pytest.mark.parametrize(
    ("defect", "select", "law", "title"),
    [
        (
            "another's note is readable", "Query.note:identities", "isolation",
            "Query.note answered ok to a request of bob for what alice owns",
        ),
        (
            "another's note can be struck", "Mutation.strikeNote:identities", "isolation",
            "Mutation.strikeNote by bob changed what alice owns",
        ),
        (
            "list shows everybody's notes", "Query.notes:identities", "isolation",
            "Query.notes shows bob what alice owns",
        ),
        (
            "null where a title is promised", "Mutation.writeNote:examples", "data shape",
            "Mutation.writeNote was resolved to what its type can't be",
        ),
        (
            "an error becomes null", "Query.note:boundaries", "null with a reason",
            "Query.note is null without an error",
        ),
        (
            "a code that nobody documented", "Query.note:boundaries", "error codes",
            "Query.note answered GONE_FISHING, which is not documented",
        ),
        (
            "a function raises", "Mutation.writeNote:boundaries", "not_a_server_error",
            "Mutation.writeNote answered Lambda:Unhandled: what resolves it failed",
        ),
        (
            "an error tells an ARN", "Query.note:boundaries", "no leaks",
            "Query.note told an ARN in an error",
        ),
        (
            "REST and GraphQL disagree", "Query.note:examples", "REST and GraphQL agree",
            "Query.note and GET /notes/{noteId} disagree about stars",
        ),
        (
            "a refused note is written", "Mutation.writeNote:boundaries",
            "refused writes nothing", "Mutation.writeNote wrote",
        ),
        (
            "expired tokens pass", "Query.notes:identities", "authentication",
            "Query.notes answered ok to somebody with a forged token (expired)",
        ),
        (
            "stars beyond five pass", "Mutation.writeNote:boundaries", "negative_data_rejection",
            "Mutation.writeNote answered ok to the number 6 as stars",
        ),
        (
            "good titles are refused", "Mutation.writeNote:examples", "positive_data_acceptance",
            "Mutation.writeNote answered INVALID to a request for everything",
        ),
        (
            "repeat writes again", "Mutation.writeNote:boundaries", "idempotency",
            "Mutation.writeNote answered a repeated request otherwise",
        ),
        (
            "key taken for another body", "Mutation.writeNote:boundaries", "idempotency",
            "Mutation.writeNote answered ok to a key that was used for another request",
        ),
        (
            "limit counts one in ten", "Query.notes:boundaries", "rate limit",
            "Query.notes accepted ",
        ),
        (
            "customers see the audit", "Query.note:identities", "authorisation",
            "Query.note answered ok to a customer who asks for Note.audit",
        ),
        (
            "customers may tell", "Mutation.tellNote:identities", "authentication",
            "Mutation.tellNote answered ok to a customer, though it isn't for customers",
        ),
        (
            "others may subscribe", "Subscription.onNote:identities", "isolation",
            "Subscription.onNote answered ok to a subscription of bob to what alice owns",
        ),
        (
            "the schema can be asked for", "documents", "negative_data_rejection",
            "The endpoint answered 200 to a request for its schema, which the template forbids",
        ),
    ],
)  # fmt: skip
def test_a_planted_defect_is_found_and_told_readably(
    context: Make, run: Run, defect: str, select: str, law: str, title: str
) -> None:
    (result,) = run(context(defect), select)
    assert result.verdict is Verdict.FAIL
    found = {f.title: f for f in result.findings if f.title.startswith(title)}
    assert list(found), [f.title for f in result.findings]
    (finding,) = found.values()
    assert finding.law == law
    assert finding.reproduce.startswith('stageproof verify -k "')


def test_a_limit_that_aliases_pass_is_not_said_to_hold(context: Make, run: Run) -> None:
    (result,) = run(context("aliases pass the limit"), "Query.notes:boundaries")
    assert result.verdict is Verdict.UNKNOWN
    assert [u.what for u in result.unknowns] == ["LIMITED of Query.notes"]


def test_a_sound_service_passes(context: Make, run: Run) -> None:
    made = context()
    results = run(made)
    assert [f"{f.title} {f.detail} {f.exchange}" for r in results for f in r.findings] == []
    assert [str(u) for r in results for u in r.unknowns] == []
    assert {r.verdict for r in results} == {Verdict.PASS}

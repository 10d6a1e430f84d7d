"""What an answer of AppSync's comes to."""

import json
from typing import Any, cast

import pytest

from harness.engine.contract.answer import Answer
from harness.engine.contract.breaches import Seen
from harness.engine.contract.graphql.document import write
from harness.engine.contract.graphql.reading import Reading
from harness.specs import Contracts

NO_SUCH = {"path": ["note"], "errorType": "NOTE_NOT_FOUND", "message": "No.", "data": None}
FUNCTION = {"path": ["note"], "errorType": "Lambda:Unhandled", "message": "Boom."}
INVALID = {"path": None, "message": "Validation error of type FieldUndefined: Field 'x'"}
VARIABLE = {"path": None, "message": "Variable 'n' has coerced Null value for NonNull type 'ID!'"}
BROKEN = {"path": ["note", "title"], "message": "Cannot return null for non-nullable type: 'X'"}


def reading(contracts: Contracts, body: Any, status: int = 200) -> Reading:
    assert contracts.graphql is not None
    asked = write(contracts.graphql.field("Query.note"), {"noteId": "n"}, "{ noteId }")
    return Reading(asked, Answer(status, {}, json.dumps(body).encode(), 0.0, cast(Seen, None)))


@pytest.mark.parametrize(
    ("body", "status", "outcome", "kind"),
    [
        ({"data": {"note": {"noteId": "n"}}}, 200, "ok", "ok"),
        ({"data": {"note": None}}, 200, "null", "ok"),
        ({"data": {"note": None}, "errors": [NO_SUCH]}, 200, "NOTE_NOT_FOUND", "fail"),
        ({"data": {"note": None}, "errors": [FUNCTION]}, 200, "Lambda:Unhandled", "info"),
        ({"data": {"note": None}, "errors": [BROKEN]}, 200, "BrokenData", "info"),
        ({"data": None, "errors": [INVALID]}, 200, "ValidationError", "fail"),
        ({"data": None, "errors": [VARIABLE]}, 200, "ValidationError", "fail"),
        ({"errors": [{"errorType": "UnauthorizedException"}]}, 401, "UnauthorizedException",
         "fail"),
        ("<html>", 502, "HTTP 502", "info"),
    ],
)  # fmt: skip
def test_an_answer_comes_to_ok_or_its_first_errors_code(
    contracts: Contracts, body: Any, status: int, outcome: str, kind: str
) -> None:
    found = reading(contracts, body, status)
    assert (found.outcome, found.kind(())) == (outcome, kind)


def test_a_defects_code_may_have_happened(contracts: Contracts) -> None:
    found = reading(contracts, {"data": {"note": None}, "errors": [NO_SUCH]})
    assert found.kind(("NOTE_NOT_FOUND",)) == "info"


def test_each_alias_has_its_own_outcome(contracts: Contracts) -> None:
    body = {"data": {"a1": {"noteId": "n"}, "a2": None}, "errors": [{**NO_SUCH, "path": ["a2"]}]}
    found = reading(contracts, body)
    assert (found.part("a1").outcome, found.part("a2").outcome) == ("ok", "NOTE_NOT_FOUND")

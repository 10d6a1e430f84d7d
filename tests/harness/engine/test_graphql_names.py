from pathlib import Path

import pytest

from harness.config import GraphQlRun
from harness.engine.graphql_names import misnamed
from harness.specs import Contracts, ContractSettings, load_contracts

HERE = Path(__file__).parent / "contract" / "graphql"


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    settings = ContractSettings(openapi="../notes.yaml", graphql="notes.graphql")
    return load_contracts(settings, HERE)


def told(contracts: Contracts, **settings: object) -> list[str]:
    return list(misnamed(GraphQlRun.model_validate(settings), contracts))


def test_names_that_are_there_are_fine(contracts: Contracts) -> None:
    assert told(
        contracts, errors="ErrorType", invalid=["INVALID"], limit="LIMITED", defects=["DEFECT"],
        owned=["Query.note"], same_as={"Query.note": "readNote"},
        values={"noteId": "Mutation.writeNote.noteId", "Subscription.onNote.owner": "subject"},
        examples={"Mutation.tellNote.stars": 3},
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"errors": "ErrorTyp"}, "errors: 'ErrorTyp' is no enum of notes.graphql (did you mean "
         "'ErrorType'?)"),
        ({"invalid": ["INVALD"]}, "invalid: 'INVALD' is no code of an error (did you mean "
         "'INVALID'?)"),
        ({"limit": "X"}, "limit: 'X' is no code of an error"),
        ({"owned": ["Query.nope"]}, "owned: 'Query.nope' is no field of notes.graphql (did you "
         "mean 'Query.note'?)"),
        ({"same_as": {"Query.note": "getNote"}}, "same_as: 'getNote' is no REST operation"),
        ({"values": {"noteID": "subject"}}, "values: 'noteID' is no argument (did you mean "
         "'noteId'?)"),
        ({"values": {"noteId": "Mutation.write.noteId"}}, "values: 'Mutation.write' is no field"),
        ({"values": {"noteId": "Mutation.writeNote.id"}}, "values: Mutation.writeNote.id: 'id' is "
         "no field of Note"),
        ({"examples": {"titel": "x"}}, "examples: 'titel' is no argument (did you mean 'title'?)"),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_is_told_with_the_nearest(
    contracts: Contracts, settings: dict[str, object], said: str
) -> None:
    (line,) = told(contracts, **settings)
    assert line.startswith(f"checks.graphql.{said}")


def test_settings_without_a_schema_are_told(contracts: Contracts) -> None:
    rest_alone = Contracts(contracts.openapi)
    assert told(rest_alone, errors="ErrorType") == [
        "checks.graphql: there is no [contracts] graphql that it could be about"
    ]
    assert told(rest_alone) == []

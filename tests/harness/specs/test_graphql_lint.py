from pathlib import Path

import pytest

from harness.sdl import Mode
from harness.specs import ContractError, GraphQl, key_argument, read_graphql

SOUND = """\
type Query {
  "One note. Errors: NOT_FOUND. Under fault: LATER."
  note(id: ID!): Note

  "One's own. Errors: none."
  notes(first: Int = 20): NotePage
}

type Mutation {
  "Write. Errors: INVALID."
  write(text: String!, idempotencyKey: String!): Note

  # lint: allow no-idempotency: it writes nothing
  "Tell. Errors: none."
  tell(text: String!): Note @aws_iam
}

type Subscription {
  "Changes of one's own notes. Errors: none."
  onNote(owner: ID!): Note @aws_subscribe(mutations: ["tell"])
}

"A note."
type Note @aws_iam @aws_lambda {
  id: ID!
  at: AWSDateTime!
  "At most 5."
  tags: [String!]!
}

"A page."
type NotePage { nodes: [Note!]! }

"Codes."
enum ErrorType { NOT_FOUND INVALID LATER }
"""


def linted(tmp_path: Path, text: str, *, strict: bool = True) -> GraphQl:
    (tmp_path / "api.graphql").write_text(text)
    return read_graphql(tmp_path, "api.graphql", strict=strict)


def complaint(tmp_path: Path, text: str, *, strict: bool = True) -> str:
    with pytest.raises(ContractError) as caught:
        linted(tmp_path, text, strict=strict)
    return "\n".join(str(p) for p in caught.value.problems)


def test_a_sound_schema_is_read_field_by_field(tmp_path: Path) -> None:
    api = linted(tmp_path, SOUND)
    assert [f.label for f in api.fields] == [
        "Query.note", "Query.notes", "Mutation.write", "Mutation.tell", "Subscription.onNote",
    ]  # fmt: skip
    note, tell = api.field("Query.note"), api.field("Mutation.tell")
    assert (note.codes, note.under_fault, note.line) == (("NOT_FOUND", "LATER"), ("LATER",), 3)
    assert tell.for_systems
    assert not note.for_systems
    assert api.modes("Note", "id") == {Mode.IAM, Mode.LAMBDA}
    assert key_argument(api.field("Mutation.write")) == "idempotencyKey"


def test_what_a_schema_waives_itself_stays_in_sight(tmp_path: Path) -> None:
    (waived,) = linted(tmp_path, SOUND).waived
    assert waived.startswith("api.graphql:13: Mutation.tell has no idempotency argument")
    assert waived.endswith("waived: it writes nothing")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(first: Int = 20)", "", "32: NotePage.nodes is a list that nothing bounds"),
        ('"At most 5."', '"Some."', "28: Note.tags is a list that nothing bounds"),
        ("id: ID!\n", "id: ID\n", "25: Note.id is an id that may be null"),
        (", idempotencyKey: String!", "", "11: Mutation.write has no idempotency argument"),
        ("  at: AWSDateTime!", "  of: Note", "24: Note leads back to itself by of"),
        ("(owner: ID!)", "(owner: ID)", "20: Subscription.onNote has no required argument"),
        ('"A note."', "", "24: Note is not described"),
        ('"One note. Errors: NOT_FOUND. Under fault: LATER."\n', "", "2: Query.note is not"),
        ("Errors: INVALID.", "", "11: Mutation.write doesn't say which errors it can have"),
        ("Errors: INVALID.", "Errors: NOPE.", "11: Mutation.write documents NOPE, which is in"),
        ("enum ErrorType", "enum Codes", "1: no enum lists the codes of errors"),
        (": it writes nothing", "", "13: waives no-idempotency without a reason"),
        ("allow no-idempotency", "allow nothing", "13: waives nothing, which is no rule"),
        ('type NotePage', '# lint: allow nullable-id: x\ntype NotePage', "32: waives nullable-id, "
         "which nothing here breaks"),
    ],
)  # fmt: skip
def test_a_dangerous_shape_is_told_with_its_line_and_how_to_mend_it(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in SOUND
    assert f"api.graphql:{said}" in complaint(tmp_path, SOUND.replace(old, new, 1))


def test_shapes_are_the_authors_choice_unless_the_house_rules_are_asked_for(tmp_path: Path) -> None:
    text = SOUND.replace("id: ID!\n", "id: ID\n").replace("(owner: ID!)", "")
    assert linted(tmp_path, text, strict=False).fields


def test_every_mistake_of_form_is_told_with_its_line(tmp_path: Path) -> None:
    text = SOUND.replace("text: String!", "text: Strong!").replace("NotePage\n}", "NotPage\n}")
    told = complaint(tmp_path, text, strict=False)
    assert "api.graphql:6: doesn't parse: Unknown type 'NotPage'" in told
    assert "api.graphql:11: doesn't parse: Unknown type 'Strong'" in told


def test_a_file_that_is_no_schema_is_told_with_the_line(tmp_path: Path) -> None:
    assert "api.graphql:2: doesn't parse: Syntax Error" in complaint(tmp_path, "type Query {\n 5 }")


def test_a_subscription_that_waits_for_nothing_is_told(tmp_path: Path) -> None:
    told = complaint(tmp_path, SOUND.replace('["tell"]', '["sell"]'))
    assert "api.graphql:20: Subscription.onNote waits for a mutation 'sell'" in told


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"none.graphql:1: cannot be read: No such file"):
        read_graphql(tmp_path, "none.graphql")

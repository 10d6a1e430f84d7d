from pathlib import Path

import pytest

from harness.specs import ContractError, OpenApi, load_document, read_openapi

SOUND = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /things/{id}:
    get:
      operationId: readThing
      x-rate-limited: true
      parameters:
        - {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/Id'}}
      responses:
        '200':
          description: It.
          content:
            application/json:
              schema: {type: object, properties: {id: {$ref: '#/components/schemas/Id'}}}
              examples: {one: {value: {id: abcd}}}
          links:
            again: {operationId: readThing, parameters: {id: $response.body#/id}}
        '429':
          description: Too many.
          headers: {Retry-After: {schema: {type: integer}}}
          content:
            application/problem+json:
              schema: {type: object}
              examples: {one: {value: {}}}
components:
  schemas:
    Id: {type: string, maxLength: 8, pattern: '^[a-z]+$'}
"""


def linted(tmp_path: Path, text: str) -> OpenApi:
    (tmp_path / "api.yaml").write_text(text)
    return read_openapi(load_document(tmp_path, "api.yaml"), strict=True)


def complaint(tmp_path: Path, old: str, new: str) -> str:
    assert old in SOUND
    with pytest.raises(ContractError) as caught:
        linted(tmp_path, SOUND.replace(old, new, 1))
    return "\n".join(str(p) for p in caught.value.problems)


def test_a_sound_contract_is_read(tmp_path: Path) -> None:
    (operation,) = linted(tmp_path, SOUND).operations
    assert (operation.id, operation.label, operation.reachable) == (
        "readThing", "GET /things/{id}", ("200", "429"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("openapi: 3.1.0", "openapi: 3.0.3", "api.yaml:1: is OpenAPI 3.0.3"),
        ("info: {title: T, version: '1'}", "info: {title: T}", "api.yaml:2: info:"),
        ("      operationId: readThing\n", "", "has no operationId"),
        ("{$ref: '#/components/schemas/Id'}}", "{$ref: '#/no'}}", "refers to nothing"),
        ("{id: abcd}", "{id: 12}", "api.yaml:16: example 'one' breaks its schema at id"),
        ("again: {operationId: readThing", "again: {operationId: gone", "leads to no operation"),
        ("parameters: {id: $resp", "parameters: {ide: $resp", "fills 'ide'"),
        ("/things/{id}:", "/things/{other}:", "path parameter id is declared but not in the path"),
        ("'200':", "'301':", "documents no success"),
        ("pattern: '^[a-z]+$'", "pattern: '^[a-z'", "is no JSON Schema"),
        ("maxLength: 8, ", "", "a string without maxLength"),
        (", pattern: '^[a-z]+$'", "", "a string of any characters"),
        ("'429':", "'404':", "is x-rate-limited but has no 429"),
        ("{Retry-After: {schema: {type: integer}}}", "{}", "429 has no Retry-After"),
        ("application/problem+json", "application/json", "429 is not application/problem+json"),
        ("              examples: {one: {value: {}}}\n", "", "has no example"),
    ],
)  # fmt: skip
def test_a_broken_contract_says_what_and_where(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert said in complaint(tmp_path, old, new)


def test_every_complaint_has_a_file_a_line_and_a_way_to_mend_it(tmp_path: Path) -> None:
    for line in complaint(tmp_path, "{id: abcd}", "{id: 12}").splitlines():
        place, _, rest = line.partition(": ")
        assert place.startswith("api.yaml:")
        assert " — " in rest


def test_house_rules_are_only_for_those_who_ask_for_them(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(SOUND.replace("maxLength: 8, ", ""))
    assert read_openapi(load_document(tmp_path, "api.yaml")).operations


def test_several_problems_are_told_at_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, "maxLength: 8, pattern: '^[a-z]+$'", "minLength: 1")
    assert len(said.splitlines()) == 2

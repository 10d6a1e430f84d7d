from pathlib import Path

import pytest

from harness.specs import ContractError, Document, load_document


def written(tmp_path: Path, text: str) -> Document:
    (tmp_path / "c.yaml").write_text(text)
    return load_document(tmp_path, "c.yaml")


def complaints(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        written(tmp_path, text)
    return [str(p) for p in caught.value.problems]


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    document = written(tmp_path, "a: 1\nb:\n  c:\n    - x\n    - y\n")
    assert document.line(("b", "c", 1)) == 5


def test_a_value_that_is_missing_points_at_what_is_around_it(tmp_path: Path) -> None:
    assert written(tmp_path, "a: 1\nb:\n  c: 2\n").line(("b", "gone", "deeper")) == 2


def test_statuses_are_strings_though_yaml_reads_numbers(tmp_path: Path) -> None:
    assert written(tmp_path, "200: ok").root == {"200": "ok"}


def test_dates_stay_text(tmp_path: Path) -> None:
    assert written(tmp_path, "at: 2026-11-20").root == {"at": "2026-11-20"}


def test_a_key_named_twice_is_refused_at_its_second_line(tmp_path: Path) -> None:
    assert complaints(tmp_path, "a: 1\nb: 2\na: 3\n") == [
        "c.yaml:3: names 'a' twice — keep one of them"
    ]


def test_broken_yaml_is_refused_at_its_line(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, "a: 1\nb: [1\nc: 2\n")
    assert said.startswith("c.yaml:3: is not YAML")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"gone\.yaml:1: cannot be read"):
        load_document(tmp_path, "gone.yaml")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert complaints(tmp_path, "") == ["c.yaml:1: is empty — write the contract"]


def test_references_are_followed_through_chains(tmp_path: Path) -> None:
    document = written(tmp_path, "a: {$ref: '#/b'}\nb: {$ref: '#/c~1d'}\nc/d: {e: 1}\n")
    assert document.resolve(document.root["a"]) == {"e": 1}


def test_a_circle_of_references_ends(tmp_path: Path) -> None:
    document = written(tmp_path, "a: {$ref: '#/b'}\nb: {$ref: '#/a'}\n")
    assert document.resolve(document.root["a"]) == {}

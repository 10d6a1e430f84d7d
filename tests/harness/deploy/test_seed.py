from pathlib import Path

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from harness.deploy import DeployError, SeedSettings
from harness.deploy.seed import _value, read_items

CSV = 'id,price,available,aliases,note\np1,980000,true,rice|white rice,"a, b"\np2,5,no,,\n'


def _items(tmp_path: Path, text: str, **types: str) -> list[dict[str, object]]:
    path = tmp_path / "data.csv"
    path.write_text(text)
    settings = SeedSettings.model_validate({"csv": str(path), "types": types, "separator": "|"})
    plain = TypeDeserializer().deserialize
    return [{k: plain(v) for k, v in i.items()} for i in read_items(path, settings)]


def test_cells_get_their_types_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    assert _items(tmp_path, CSV, price="int", available="bool", aliases="list") == [
        {"id": "p1", "price": 980000, "available": True, "aliases": ["rice", "white rice"],
         "note": "a, b"},
        {"id": "p2", "price": 5, "available": False},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "kind"), [("many", "int"), ("1.5", "int"), ("x", "number"), ("maybe", "bool")]
)
def test_a_cell_that_is_not_of_its_type_is_told_with_its_line(
    tmp_path: Path, cell: str, kind: str
) -> None:
    with pytest.raises(DeployError, match=rf"data\.csv:2: a {cell!r} is no {kind}"):
        _items(tmp_path, f"a\n{cell}\n", a=kind)


@pytest.mark.parametrize("line", ["1", "1,2,3"])
def test_a_line_with_another_number_of_cells_is_told(tmp_path: Path, line: str) -> None:
    with pytest.raises(DeployError, match=r"data\.csv:3: has another number of cells"):
        _items(tmp_path, f"a,b\n1,2\n{line}\n")


def test_a_type_for_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"no column 'prize'") as caught:
        _items(tmp_path, "id,price\n", prize="int")
    assert "id, price" in caught.value.mend


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="can't read the sample data"):
        list(read_items(tmp_path / "none.csv", SeedSettings(csv="none.csv")))


@given(st.integers())
def test_any_whole_number_is_read_as_itself(number: int) -> None:
    assert _value(str(number), "int", ";") == number

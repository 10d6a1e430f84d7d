"""Plans as JSON rules."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.faults import RuleError, from_rules, to_rules
from harness.model import Action, Fault, Plan, Point

words = st.text("abc.*", min_size=1, max_size=5)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), words)

faults = st.builds(
    Fault,
    at=st.builds(
        Point,
        service=words,
        operation=words,
        function=st.none() | words,
        resource=st.none() | words,
        match=st.dictionaries(words, scalars, max_size=2),
    ),
    nth=st.just("every") | st.integers(1, 9),
    per_key=st.sampled_from([False, True, "one"]),
    place=st.sampled_from(["before", "after"]),
    do=st.builds(
        Action,
        do=words,
        status=st.none() | st.integers(400, 599),
        code=st.none() | words,
        seconds=st.none() | st.floats(0, 10),
        arguments=st.dictionaries(words, scalars, max_size=2),
    ),
    attempts=st.sampled_from(["first", "every", 2]),
    probability=st.none() | st.floats(0.01, 0.99),
)


@given(st.lists(faults, max_size=3))
def test_a_plan_survives_its_json(drawn: list[Fault]) -> None:
    plan = Plan(faults=tuple(drawn))
    assert from_rules(json.loads(json.dumps(to_rules(plan)))) == plan


def test_a_rule_of_localstack_means_that_every_call_fails_with_its_error() -> None:
    rule = {
        "region": "us-east-1",
        "service": "dynamodb",
        "operation": "PutItem",
        "probability": 1.0,
        "error": {"statusCode": 500, "code": "InternalServerError"},
    }
    [only] = from_rules([rule]).faults
    assert (str(only.at), only.nth, only.probability) == ("dynamodb.PutItem", "every", None)
    assert only.do == Action(do="error", status=500, code="InternalServerError")


def test_an_empty_rule_of_localstack_makes_everything_unavailable() -> None:
    [only] = from_rules([{}]).faults
    assert (str(only.at), only.do.status, only.do.code) == ("*.*", 503, "ServiceUnavailable")


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ({"nht": 1}, "nht: "),
        ({"probability": 3}, "probability: "),
        ({"perKey": "two"}, "perKey: "),
        ({"perKey": None}, "perKey: "),
        ({"action": {}}, "action.do: "),
        ("x", "it: "),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(rule: object, where: str) -> None:
    with pytest.raises(RuleError, match=f"rule 2: {where}"):
        from_rules([{}, rule])

"""A fault that can't fire is refused, with what was perhaps meant."""

from typing import Any

import pytest

from harness.faults import fault
from harness.wire import Checks, Other, WireError
from harness.wire.models import Models

PAYSTACK = {"paystack": Other({"charge": ["error", "decline"]})}


@pytest.mark.parametrize(
    ("at", "do", "given", "said"),
    [
        ("dynamo.PutItem", "error", {}, "no service 'dynamo' (did you mean 'dynamodb'?)"),
        ("sqs.SendMesage", "error", {}, "no operation 'SendMesage' (did you mean 'SendMessage'?)"),
        ("sqs.SendMessage", "eror", {}, "can't do 'eror' (did you mean 'error'?)"),
        ("sqs.SendMessage", "partial", {}, "no call can match"),
        ("sqs.SendMessage", "stale", {}, "never stale"),
        ("dynamodb.PutItem", "stale", {}, "never stale"),
        ("dynamodb.GetItem", "stale", {"place": "after"}, "can't be placed after the effect"),
        ("sqs.SendMessage", "throttle", {"place": "after"}, "a throttled call has no effect"),
        ("sqs.SendMessage", "lose", {"place": "before"}, "lost before its effect is a reset"),
        ("sqs.SendMessage", "error", {"function": "PayFunctoin"}, "did you mean 'PayFunction'"),
        ("sqs.SendMessage", "error", {"resource": "PayQeue"}, "did you mean 'PayQueue'"),
        ("paystack.chrge", "error", {}, "paystack has no operation 'chrge'"),
        ("paystack.charge", "stale", {}, "paystack.charge can't be failed by 'stale'"),
    ],
)
def test_it_is_said_what_is_wrong(
    models: Models, at: str, do: str, given: dict[str, Any], said: str
) -> None:
    checks = Checks(models, ["PayFunction"], ["PayQueue"], PAYSTACK)
    with pytest.raises(WireError) as error:
        checks.check(fault(at, do, **given))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("at", "do", "given"),
    [
        ("*.*", "error", {}),
        ("dynamodb.*", "latency", {}),
        ("sqs.SendMessage", "lose", {"place": "after", "function": "PayFunction"}),
        ("paystack.charge", "decline", {}),
        ("events.PutEvents", "partial", {}),
    ],
)
def test_what_can_fire_may(models: Models, at: str, do: str, given: dict[str, Any]) -> None:
    Checks(models, ["PayFunction"], [], PAYSTACK).check(fault(at, do, **given))


def test_a_place_that_was_not_said_contradicts_nothing(models: Models) -> None:
    Checks(models).check(fault("sqs.SendMessage", "lose"), placed=False)

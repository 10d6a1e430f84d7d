"""The wiring: the template gives each function what it needs."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from larder.bootstrap import Misconfigured, Parts, lambda_handler

from tests.reference_impl.functions.wiring import Context
from tests.reference_impl.stack import functions, template


def value_of(variable: str, given: Any) -> str:
    """What CloudFormation would put there, as far as wiring depends on it."""
    if isinstance(given, dict) and given.get("Ref") in template()["Parameters"]:
        return str(template()["Parameters"][given["Ref"]]["Default"])
    return f"https://example.com/1/{variable.lower()}"


def environment_of(module: str) -> dict[str, str]:
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    own = functions()[module]["Environment"]["Variables"]
    return {name: value_of(name, given) for name, given in {**shared, **own}.items()}


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.parametrize("module", sorted(functions()))
def test_each_function_can_be_built_by_what_the_template_gives_it(module: str) -> None:
    function = importlib.import_module(f"larder.functions.{module}")
    assert callable(function.build(Parts(environment_of(module))))


def test_a_request_path_waits_no_longer_than_its_caller() -> None:
    parts = Parts(environment_of("request_payment_link"))
    assert parts.request_retry(3.0).deadline <= parts.steady() + 3.0
    assert parts.request_retry(60.0).deadline <= parts.steady() + 10.0


def test_the_authorizer_has_what_it_needs_to_refuse() -> None:
    parts = Parts(environment_of("authorizer"))
    assert parts.tokens is not None
    assert parts.audit is not None


def test_the_health_check_looks_at_every_table_and_queue() -> None:
    kinds = {"AWS::DynamoDB::Table", "AWS::SQS::Queue"}
    resources = [r for r in template()["Resources"].values() if r["Type"] in kinds]
    assert len(Parts(environment_of("health_check")).probes.checks()) == len(resources)


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("RATE_LIMITS", "not JSON", "limiter"),
        ("RATE_LIMITS", '{"standard": 5}', "limiter"),
        ("TOKEN_ISSUER", None, "tokens"),
    ],
)
def test_a_setting_that_is_missing_or_unreadable_is_named(
    variable: str, value: str | None, part: str
) -> None:
    environment = environment_of("get_products")
    if value is None:
        del environment[variable]
    else:
        environment[variable] = value
    with pytest.raises(Misconfigured, match=variable):
        getattr(Parts(environment), part)


@pytest.mark.parametrize("variable", ["RETRY_WAITS", "RETRY_CAP"])
def test_numbers_must_be_numbers(variable: str) -> None:
    with pytest.raises(Misconfigured, match=variable):
        _ = Parts({**environment_of("payment_processor"), variable: "soon"}).schedule


def test_a_handler_is_built_at_its_first_event_and_once() -> None:
    built: list[Parts] = []

    def build(parts: Parts) -> Any:
        built.append(parts)
        return lambda event, context: event["number"]

    handler = lambda_handler(build)
    assert built == []
    context = lambda_context()
    assert [handler({"number": n}, context) for n in (1, 2)] == [1, 2]
    assert len(built) == 1


def test_on_lambda_a_handler_is_built_before_its_first_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")
    built: list[Parts] = []
    lambda_handler(lambda parts: built.append(parts) or (lambda *_: None))  # type: ignore[func-returns-value]
    assert len(built) == 1


def lambda_context() -> Any:
    context: Any = Context()
    context.function_name = "function"
    context.memory_limit_in_mb = 256
    context.invoked_function_arn = "arn:aws:lambda:eu-west-1:1:function:function"
    return context


def test_the_default_limits_name_a_tier() -> None:
    limits = json.loads(template()["Parameters"]["RateLimits"]["Default"])
    assert "standard" in limits

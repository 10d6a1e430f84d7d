"""Operations that ask for an API key: alone, with a token, or instead of one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.engine.contract import ContractContext
from harness.model import UnitResult, Verdict
from harness.specs import Contracts, ContractSettings, Credentials, load_contracts
from tests.harness.engine.contract.conftest import ALICE, BOB
from tests.harness.engine.contract.notes_app import KEYS

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]

KEYED = [replace(who, api_key=key) for who, key in zip((ALICE, BOB), KEYS, strict=True)]


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts(ContractSettings(openapi="keys.yaml"), Path(__file__).parent)


def test_whoever_has_a_key_is_let_in_and_nobody_else(context: Make, run: Run) -> None:
    results = run(context(identities=KEYED))
    assert [(r.unit, f.title, f.law) for r in results for f in r.findings] == []
    assert {r.verdict for r in results} == {Verdict.PASS}
    assert {who for r in results for who in r.admissions} >= {"none", "malformed", "owner"}


def test_a_key_alone_is_enough_where_no_token_is_asked_for(context: Make, run: Run) -> None:
    keys_alone = [replace(who, token=None) for who in KEYED]
    results = run(context(identities=keys_alone), "positive")
    assert {r.unit.split("::")[1]: r.verdict for r in results} == {
        "GET /prices": Verdict.PASS,
        "GET /news": Verdict.PASS,
        "GET /stock": Verdict.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("defect", "select", "title"),
    [
        ("any key passes", "prices", "answered 200 to an API key that nobody gave out"),
        ("no key is needed", "prices", "answered 200 to a request without an API key"),
        ("no key is needed", "stock", "answered 200 to a request without an API key"),
        ("any key passes", "news", "answered 200 to an API key that nobody gave out"),
    ],
)
def test_who_is_let_in_without_a_good_key_is_found(
    context: Make, run: Run, defect: str, select: str, title: str
) -> None:
    (result,) = run(context(defect, identities=KEYED), f"{select} and identities")
    assert any(title in finding.title for finding in result.findings)


def test_a_token_that_is_missing_is_found_though_the_key_is_right(context: Make, run: Run) -> None:
    (result,) = run(context("stock takes the key alone", identities=KEYED), "stock and identities")
    assert any("to a request without a token" in finding.title for finding in result.findings)


def test_a_key_reaches_neither_the_history_nor_a_finding(context: Make, run: Run) -> None:
    made = context("any key passes", identities=KEYED)
    (result,) = run(made, "prices and identities")
    shown = result.model_dump_json()
    assert not any(key in shown for key in KEYS)
    assert not any(key in str(made.recorder.history.records) for key in KEYS)


def test_a_scheme_that_somebody_signs_is_no_key(contracts: Contracts) -> None:
    prices = contracts.openapi.operation("prices")
    assert Credentials(contracts.openapi).headers(prices, "key") == {"X-Shop-Key": "key"}
    signing = Credentials(contracts.openapi, ["key"])
    assert signing.headers(prices, "key") == {}
    assert signing.headers(prices, "signature") == {"X-Shop-Key": "key"}


def test_what_is_asked_for_together_and_instead(contracts: Contracts) -> None:
    credentials = Credentials(contracts.openapi)
    stock, news = (contracts.openapi.operation(name) for name in ("stock", "news"))
    assert credentials.alternatives(stock) == (frozenset({"key", "token"}),)
    assert credentials.alternatives(news) == (frozenset({"key"}), frozenset({"token"}))
    assert credentials.beside(stock, "token", "key")
    assert not credentials.beside(news, "token", "key")

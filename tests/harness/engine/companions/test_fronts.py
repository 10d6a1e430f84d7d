"""A front as a companion: its address before the deploy, its API after it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import urllib3

from harness.deploy import load_template
from harness.deploy.template import Template
from harness.engine.companions import Companion, Companions, Fronts, Overheard
from harness.engine.mishaps import Mishaps
from harness.faults import FaultBox
from harness.model import Capability, Header, Measured, UnitResult, UnknownKind, Verdict
from harness.recorder import Recorder
from harness.targets import Endpoint, Python
from harness.targets.appsync import AppSyncError
from tests.harness.targets.appsync.calls import ISSUER, TEMPLATE, stage
from tests.harness.targets.appsync.tokens import Issuer, served


def endpoint(*can: Capability) -> Endpoint:
    return Endpoint(
        target="embedded", url="http://127.0.0.1:1", region="eu-west-1",
        credentials={"aws_access_key_id": "test"}, python=Python("3.11", ""), log=Path("log"),
        capabilities={c: Measured(c, c in can, "tried") for c in Capability},
    )  # fmt: skip


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def overheard(tmp_path: Path, held: ExitStack) -> Overheard:
    recorder = Recorder(tmp_path / "h.jsonl", Header())
    held.callback(recorder.close)
    return Overheard(recorder, FaultBox(recorder))


def fronts(
    overheard: Overheard, held: ExitStack, body: dict[str, Any] | None = None, **settings: Any
) -> Fronts:
    template = load_template(TEMPLATE) if body is None else Template(Path("t.yaml"), body)
    return Fronts(template, "notes", overheard, held, **settings)


def url_of(companion: Companion) -> str:
    return companion.stand_ins["Api"]["GraphQLUrl"]


def ask(url: str, query: str, **headers: str) -> Any:
    pool = urllib3.PoolManager(retries=False)
    return pool.request("POST", url, body=json.dumps({"query": query}).encode(), headers=headers)


def test_its_address_is_known_before_the_deploy_and_refuses_until_after_it(
    overheard: Overheard, held: ExitStack
) -> None:
    [companion] = fronts(overheard, held).companions(endpoint(), wanted=True)
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(url_of(companion), "{ bare }")
    companion.bind(replace(stage(), described=stage().template))
    answer = ask(url_of(companion), "{ bare }", **{"x-api-key": "da2-good"})
    assert answer.json() == {"data": {"bare": None}}
    held.close()
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(url_of(companion), "{ bare }")


def test_a_token_of_an_issuer_that_is_found_elsewhere_is_good(
    overheard: Overheard, held: ExitStack
) -> None:
    with served(Issuer()) as issuer:
        made = fronts(overheard, held, discovery={ISSUER: issuer.url})
        [companion] = made.companions(endpoint(), wanted=True)
        companion.bind(replace(stage(), described=stage().template))
        answer = ask(url_of(companion), '{ note(id: "1") { id } }', authorization=issuer.token())
        assert answer.status == 200
        refused = ask(url_of(companion), '{ note(id: "1") { id } }', authorization="a.b.c")
        assert refused.status == 401


def test_where_the_target_has_appsync_nothing_stands_in(
    overheard: Overheard, held: ExitStack
) -> None:
    able = endpoint(Capability.APPSYNC)
    assert fronts(overheard, held).companions(able, wanted=True) == []


def test_an_api_that_nobody_asks_for_is_left_out(overheard: Overheard, held: ExitStack) -> None:
    # Its resolvers may be what no local target can run: the rest can still be verified.
    assert fronts(overheard, held).companions(endpoint(), wanted=False) == []


def test_an_api_that_a_function_asks_for_is_served(overheard: Overheard, held: ExitStack) -> None:
    body = load_template(TEMPLATE).body
    url = {"Fn::GetAtt": ["Api", "GraphQLUrl"]}
    body["Resources"]["NotesFunction"]["Properties"]["Environment"] = {"Variables": {"URL": url}}
    assert len(fronts(overheard, held, body).companions(endpoint(), wanted=False)) == 1


def test_an_api_whose_condition_does_not_hold_is_not_served(
    overheard: Overheard, held: ExitStack
) -> None:
    body = load_template(TEMPLATE).body
    body["Conditions"] = {"Never": {"Fn::Equals": ["a", "b"]}}
    body["Resources"]["Api"]["Condition"] = "Never"
    [companion] = fronts(overheard, held, body).companions(endpoint(), wanted=True)
    companion.bind(replace(stage(), described=body))
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(url_of(companion), "{ bare }")


def test_what_no_front_can_be_is_refused_by_name(overheard: Overheard, held: ExitStack) -> None:
    body = load_template(TEMPLATE).body
    body["Resources"]["NoteResolver"]["Properties"]["Code"] = "export function request() {}"
    [companion] = fronts(overheard, held, body).companions(endpoint(), wanted=True)
    with pytest.raises(AppSyncError, match="NoteResolver: its mapping is APPSYNC_JS"):
        companion.bind(replace(stage(), described=body))


def test_attributes_are_those_that_cloudformation_has(
    overheard: Overheard, held: ExitStack
) -> None:
    [companion] = fronts(overheard, held).companions(endpoint(), wanted=True)
    api = companion.stand_ins["Api"]
    assert set(api) == {
        "", "Arn", "ApiId", "GraphQLEndpointArn", "GraphQLUrl", "GraphQLDns", "RealtimeUrl",
        "RealtimeDns",
    }  # fmt: skip
    assert api[""] == f"arn:aws:appsync:eu-west-1:000000000000:apis/{api['ApiId']}"
    assert companion.stand_ins["Key"]["ApiKey"].startswith("da2-")
    assert companion.stand_ins["Notes"]["Name"] == "notes"


def test_its_own_mistakes_are_told_once_and_are_never_the_applications_failure() -> None:
    mistakes: list[Exception] = []
    companion = Companion("the local AppSync", lambda _: None, lambda: mistakes)
    seen = SimpleNamespace(companions=Companions([companion]), observer=SimpleNamespace(lost=()))
    mishaps = Mishaps(cast(Any, seen))
    result = UnitResult(unit="u", title="u", kind="scenario", verdict=Verdict.PASS)
    assert mishaps.added(result).verdict is Verdict.PASS
    mistakes.append(ValueError("not what it should"))
    doubted = mishaps.added(result)
    [unknown] = doubted.unknowns
    assert doubted.verdict is Verdict.UNKNOWN
    assert (unknown.kind, unknown.what) == (UnknownKind.HARNESS_ERROR, "the local AppSync")
    assert mishaps.added(result).verdict is Verdict.PASS


def test_companions_add_up_in_order() -> None:
    one = Companion("a", lambda _: None, list, {"URL": "1", "A": "a"})
    other = Companion("b", lambda _: None, list, {"URL": "2"}, {"Api": {"Arn": "x"}})
    both = Companions([one, other])
    assert both.environment == {"URL": "2", "A": "a"}
    assert both.stand_ins == {"Api": {"Arn": "x"}}

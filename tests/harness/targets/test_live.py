"""Attaching to a stage that somebody deployed: reading alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from harness.model import Capability, Stage
from harness.targets import Aws, Endpoint, TargetError, TargetSettings
from harness.targets.existing import read_outputs
from harness.targets.live import LiveTarget, _capabilities, _refused


@pytest.mark.parametrize(
    "written",
    [
        {"ApiUrl": "https://x", "Table": "t"},
        [{"OutputKey": "ApiUrl", "OutputValue": "https://x"},
         {"OutputKey": "Table", "OutputValue": "t"}],
        {"my-stack": {"ApiUrl": "https://x", "Table": "t"}},
        {"ApiUrl": {"value": "https://x", "type": "string", "sensitive": False},
         "Table": {"value": "t", "type": "string"}},
    ],
    ids=["plain", "sam", "cdk", "terraform"],
)  # fmt: skip
def test_outputs_are_read_as_each_tool_writes_them(tmp_path: Path, written: Any) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(written))
    assert read_outputs(path) == {"ApiUrl": "https://x", "Table": "t"}


@pytest.mark.parametrize("text", ["{}", "[1]", '"x"', '{"a": 1}'])
def test_a_file_without_outputs_is_refused_with_what_it_has_to_be(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(text)
    with pytest.raises(TargetError, match="names no outputs") as caught:
        read_outputs(path)
    assert "Terraform" in caught.value.mend


@pytest.fixture
def as_aws(embedded: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator is AWS, to whoever reads the environment as boto3 does."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def _live(**settings: str | bool) -> LiveTarget:
    return LiveTarget(TargetSettings.model_validate(settings), user={})


@pytest.mark.usefixtures("as_aws")
def test_a_stack_is_found_with_its_outputs_parameters_and_resources(small: Stage) -> None:
    told: list[str] = []
    endpoint = _live(stack=small.name).start(told.append)
    assert told == [f"attached to the stack {small.name} in eu-west-1"]
    assert endpoint.existing is not None
    assert dict(endpoint.existing.outputs) == dict(small.outputs)
    assert endpoint.existing.parameters["Greeting"] == "moin"
    assert "ThingsFunction" in endpoint.existing.resources
    assert endpoint.can(Capability.STREAM_READ)


@pytest.mark.usefixtures("as_aws")
def test_nothing_of_it_may_be_changed_made_to_fail_or_watched_by_making_something() -> None:
    lacking = {
        Capability.CONTROL, Capability.WIRE, Capability.PROCESSES, Capability.QUEUE_PEEK,
        Capability.BUS_TO_QUEUE, Capability.TOPIC_TO_QUEUE,
    }  # fmt: skip
    found = _capabilities(Aws(None, "eu-west-1", {}))
    assert {c for c, m in found.items() if not m.has} == lacking


TAPS = {Capability.BUS_TO_QUEUE, Capability.TOPIC_TO_QUEUE}


@pytest.mark.usefixtures("as_aws")
@pytest.mark.parametrize(
    ("said", "wanted", "granted"),
    [("true", True, TAPS), ("true", False, set()), ("TRUE", True, TAPS)],
)
def test_a_stage_that_is_nobodys_may_be_watched_where_both_sides_say_so(
    tmp_path: Path, said: str, wanted: bool, granted: set[Capability]
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({"ApiUrl": "https://x", "StageproofExpendable": said}))
    endpoint = _live(outputs=str(path), expendable=wanted).start(lambda _: None)
    assert {c for c in TAPS if endpoint.can(c)} == granted
    assert not endpoint.can(Capability.CONTROL)


@pytest.mark.usefixtures("as_aws")
@pytest.mark.parametrize("outputs", [{}, {"StageproofExpendable": "false"}])
def test_a_stage_that_does_not_say_so_is_not_taken_for_nobodys(
    tmp_path: Path, outputs: dict[str, str]
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({"ApiUrl": "https://x", **outputs}))
    with pytest.raises(TargetError, match="doesn't say that it is") as told:
        _live(outputs=str(path), expendable=True).start(lambda _: None)
    assert "StageproofExpendable" in told.value.mend


@pytest.mark.usefixtures("as_aws")
def test_a_region_without_the_stack_is_told(small: Stage) -> None:
    with pytest.raises(TargetError, match="there is no stack nowhere in eu-west-1") as caught:
        _live(stack="nowhere").start(lambda _: None)
    assert "region" in caught.value.mend


def test_without_credentials_an_outputs_file_will_do_and_less_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    path = tmp_path / "outputs.json"
    path.write_text('{"ApiUrl": "https://x"}')
    endpoint = _live(outputs=str(path)).start(lambda _: None)
    assert not endpoint.can(Capability.STREAM_READ)
    assert "no AWS credentials" in endpoint.capabilities[Capability.STREAM_READ].how


class Sts:
    """Answers who asks with this error, or with somebody."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def get_caller_identity(self) -> dict[str, str]:
        if self._error is not None:
            raise self._error
        return {"Account": "1"}


def _refusal(code: str, status: int = 403) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}
    }  # fmt: skip
    return ClientError(answer, "GetCallerIdentity")


@pytest.fixture
def attach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Endpoint]:
    """Attach by an outputs file, when AWS answers who asks with this error."""
    path = tmp_path / "outputs.json"
    path.write_text('{"ApiUrl": "https://x"}')

    def with_error(error: Exception) -> Endpoint:
        monkeypatch.setattr(Aws, "client", lambda *_: Sts(error))
        return _live(outputs=str(path)).start(lambda _: None)

    return with_error


@pytest.mark.parametrize(
    "error",
    [
        _refusal("ExpiredToken"),
        _refusal("InvalidClientTokenId"),
        _refusal("SignatureDoesNotMatch"),
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
        ProfileNotFound(profile="shop"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_credentials_that_aws_does_not_take_end_the_run_though_the_outputs_are_known(
    attach: Callable[[Exception], Endpoint], error: Exception
) -> None:
    with pytest.raises(TargetError, match="AWS doesn't take your credentials") as caught:
        attach(error)
    assert "Sign in again" in caught.value.mend


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        EndpointConnectionError(endpoint_url="https://sts"),
        _refusal("Throttling", 400),
        _refusal("ServiceUnavailable", 503),
    ],
    ids=["none", "unreachable", "busy", "broken"],
)
def test_where_nobody_signed_in_or_aws_cannot_say_the_run_goes_on_and_less_is_seen(
    attach: Callable[[Exception], Endpoint], error: Exception
) -> None:
    endpoint = attach(error)
    seen = (Capability.STREAM_READ, Capability.FUNCTION_LOGS, Capability.INVOKE)
    assert not any(endpoint.can(each) for each in seen)
    assert "credentials" in endpoint.capabilities[Capability.STREAM_READ].how


def test_two_places_at_once_are_refused() -> None:
    user = {"STAGEPROOF_STACK": "s", "STAGEPROOF_OUTPUTS": "o.json"}
    with pytest.raises(TargetError, match="both say where"):
        LiveTarget(TargetSettings(), user=user)


def test_expired_credentials_are_told_as_such() -> None:
    error = Exception("ExpiredToken: The security token included in the request is expired")
    told = _refused(error, "s", "eu-west-1")
    assert "doesn't take your credentials" in told.what
    assert "Sign in again" in told.mend

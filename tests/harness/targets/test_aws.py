from pathlib import Path

import pytest

from harness.targets import Aws


def test_an_emulators_clients_ignore_the_users_profile_and_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "company")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = Aws("http://127.0.0.1:9", "eu-west-1", keys).client("sqs")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert client.meta.config.proxies == {}
    assert client._request_signer._credentials.access_key == "test"


def test_a_client_is_made_once() -> None:
    aws = Aws("http://127.0.0.1:9", "eu-west-1", {})
    assert aws.client("sqs") is aws.client("sqs")

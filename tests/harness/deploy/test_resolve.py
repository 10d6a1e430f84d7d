from pathlib import Path

import pytest

from harness.deploy import DeployError
from harness.deploy.resolve import base_url
from harness.targets import Endpoint, Python

ENDPOINT = Endpoint(
    target="embedded", url="http://127.0.0.1:4700", region="eu-west-1", credentials={},
    python=Python("3.11", ""), capabilities={}, log=Path("log"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("output", "url"),
    [
        ("https://abc1.execute-api.eu-west-1.amazonaws.com/live", "/abc1/live"),
        ("https://abc1.execute-api.eu-west-1.amazonaws.com/Prod/", "/abc1/Prod"),
        ("https://abc1.execute-api.eu-west-1.amazonaws.com/live/v1/", "/abc1/live/v1"),
    ],
)
def test_awss_address_becomes_the_emulators(output: str, url: str) -> None:
    expected = f"http://127.0.0.1:4700/_aws/execute-api{url}"
    assert base_url(ENDPOINT, {"Url": output}, "Url") == expected


def test_another_address_is_taken_as_it_stands() -> None:
    assert base_url(ENDPOINT, {"Url": "https://shop.example/"}, "Url") == "https://shop.example"


def test_an_output_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(DeployError, match=r"no output 'ApiUri' \(did you mean 'ApiUrl'\?\)"):
        base_url(ENDPOINT, {"ApiUrl": "https://x"}, "ApiUri")


def test_an_output_that_is_no_url_is_refused() -> None:
    with pytest.raises(DeployError, match="'abc', not a URL"):
        base_url(ENDPOINT, {"ApiUrl": "abc"}, "ApiUrl")


def test_an_application_without_rest_has_no_base_url() -> None:
    assert base_url(ENDPOINT, {}, "") == ""

"""The provider's events: signed over the raw body, read as a hint."""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.errors import MalformedMessage
from larder.domain.webhooks import ProviderEvent, is_signed, read_event

SECRET = "sk_test_of_no_account"


def sign(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()


@given(st.binary(max_size=100))
def test_the_right_signature_is_accepted(body: bytes) -> None:
    assert is_signed(body, sign(body), SECRET)
    assert is_signed(body, sign(body).upper(), SECRET)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_signature_of_another_body_is_refused(body: bytes, other: bytes) -> None:
    assert is_signed(body, sign(other), SECRET) == (body == other)


@given(st.text(max_size=140))
def test_any_other_signature_is_refused(signature: str) -> None:
    assert not is_signed(b"{}", signature, SECRET)


def test_a_signature_of_another_secret_is_refused() -> None:
    assert not is_signed(b"{}", sign(b"{}"), "another")


def test_an_event_is_read() -> None:
    body = json.dumps({"event": "charge.success", "data": {"reference": "ldr-1"}}).encode()
    assert read_event(body) == ProviderEvent("charge.success", "ldr-1")


def test_an_event_may_have_no_reference() -> None:
    body = json.dumps({"event": "transfer.success", "data": {}}).encode()
    assert read_event(body) == ProviderEvent("transfer.success", None)


@pytest.mark.parametrize("reference", [7, None, "", "two words", "x" * 101])
def test_a_reference_that_is_none_is_refused(reference: object) -> None:
    body = json.dumps({"event": "charge.success", "data": {"reference": reference}}).encode()
    with pytest.raises(MalformedMessage):
        read_event(body)


@pytest.mark.parametrize("name", ["", "Charge.Success", "charge..success", "a" * 65])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(MalformedMessage):
        read_event(json.dumps({"event": name, "data": {}}).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"event": 7}', b'{"event": "x"}', b"[" * 100_000],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_event(body)

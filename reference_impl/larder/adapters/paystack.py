"""Paystack, by its published API: https://paystack.com/docs/api/ (transaction, refund, errors)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from larder.domain.money import Money
from larder.domain.payments import ChargeStatus, Transaction
from larder.services.errors import (
    AlreadyRefunded,
    DuplicateReference,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
    TransactionUnknown,
)
from larder.services.ports import InitializeRequest

TOO_MANY = 429

K = TypeVar("K", str, int)
_KNOWN = {each.value: each for each in (ChargeStatus.SUCCESS, ChargeStatus.FAILED)}
_KNOWN["reversed"] = ChargeStatus.REVERSED


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A 4xx of the provider's."""

    status: int
    code: str
    message: str

    def says(self, *words: str) -> bool:
        return any(word in self.code or word in self.message.lower() for word in words)


class Paystack:
    """``base`` is the API's address, ``key`` gives the secret key, ``timeout`` the seconds one
    call may take. A time-out, a reset, a 429 and every 5xx are ProviderUnavailable; another 4xx
    is ProviderRefused, and an answer that isn't what Paystack publishes ProviderNonsense. Nothing
    is retried here."""

    def __init__(
        self, pool: urllib3.PoolManager, base: str, key: Callable[[], str], timeout: float
    ) -> None:
        self._pool = pool
        self._base = base.rstrip("/")
        self._key = key
        self._timeout = urllib3.Timeout(total=timeout)

    def initialize(self, request: InitializeRequest) -> str:
        """The URL where the customer pays. Raises DuplicateReference and the two above."""
        body = {
            "email": request.email,
            "amount": request.amount.amount,
            "currency": request.amount.currency,
            "reference": request.reference,
            "metadata": {"orderId": request.order_id},
        }
        answer = self._call("POST", "/transaction/initialize", body)
        if isinstance(answer, _Refusal):
            if answer.says("duplicate_reference", "duplicate transaction reference"):
                raise DuplicateReference(**_details(answer))
            raise ProviderRefused(**_details(answer))
        return _wanted(answer, "authorization_url", str)

    def verify(self, reference: str) -> Transaction:
        """What became of it. Raises TransactionUnknown and the two above."""
        answer = self._call("GET", f"/transaction/verify/{quote(reference, safe='')}")
        if isinstance(answer, _Refusal):
            if answer.status == 404 or answer.says("transaction_not_found", "not found"):
                raise TransactionUnknown(**_details(answer))
            raise ProviderRefused(**_details(answer))
        return Transaction(
            transaction_id=str(_wanted(answer, "id", int)),
            reference=_wanted(answer, "reference", str),
            status=_KNOWN.get(_wanted(answer, "status", str), ChargeStatus.OPEN),
            amount=Money(_wanted(answer, "amount", int), _wanted(answer, "currency", str)),
        )

    def refund(self, transaction_id: str) -> None:
        """Give the whole charge back. Raises AlreadyRefunded and the two above."""
        answer = self._call("POST", "/refund", {"transaction": transaction_id})
        if isinstance(answer, _Refusal):
            if answer.says("reversed", "already refunded", "already been refunded"):
                raise AlreadyRefunded(**_details(answer))
            raise ProviderRefused(**_details(answer))

    def _call(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Mapping[str, Any] | _Refusal:
        try:
            response = self._pool.request(
                method,
                self._base + path,
                body=json.dumps(body) if body is not None else None,
                headers={
                    "Authorization": f"Bearer {self._key()}",
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                },
                timeout=self._timeout,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            raise ProviderUnavailable(f"Paystack: {type(error).__name__}.") from error
        if response.status == TOO_MANY or response.status >= 500:
            raise ProviderUnavailable(f"Paystack answered {response.status}.")
        return _read(response.status, response.data)


def _read(status: int, body: bytes) -> Mapping[str, Any] | _Refusal:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    if status >= 400:
        return _Refusal(status, str(answer.get("code", "")), str(answer.get("message", "")))
    data = answer.get("data")
    if answer.get("status") is not True or not isinstance(data, dict):
        # It may have taken effect, so it is no refusal.
        raise ProviderNonsense("Paystack's answer is not what it publishes.")
    return data


def _wanted(data: Mapping[str, Any], name: str, kind: type[K]) -> K:
    value = data.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ProviderNonsense(f"Paystack's answer has no proper {name}.")
    return value


def _details(refusal: _Refusal) -> dict[str, Any]:
    message = f"Paystack refused with {refusal.status}: {refusal.code or 'no code'}."
    return {"message": message, "status": refusal.status, "code": refusal.code or None}

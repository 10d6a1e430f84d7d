"""Transactions and refunds as Paystack's answers and events show them.

Fields and their order are those of the samples that Paystack publishes with its API reference.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from harness.model import Json
from scenarios.doubles.ledger import Refund, Transaction

_FEE = 0.015


def stamp(at: float | None) -> str | None:
    """A time as the provider writes it."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def described(transaction: Transaction) -> dict[str, Json]:
    """A transaction as verify and the webhook show it."""
    succeeded = transaction.paid is not None
    return {
        "id": transaction.id,
        "domain": "test",
        "status": transaction.status,
        "reference": transaction.reference,
        "receipt_number": None,
        "amount": transaction.charged if succeeded else transaction.amount,
        "message": None,
        "gateway_response": transaction.gateway_response,
        "paid_at": stamp(transaction.paid),
        "created_at": stamp(transaction.created),
        "channel": "card",
        "currency": transaction.currency,
        "ip_address": "127.0.0.1",
        "metadata": dict(transaction.metadata) or "",
        "log": None,
        "fees": round(transaction.charged * _FEE) if succeeded else None,
        "fees_split": None,
        "authorization": _authorization(transaction) if succeeded else {},
        "customer": _customer(transaction),
        "plan": None,
        "split": {},
        "order_id": None,
        "paidAt": stamp(transaction.paid),
        "createdAt": stamp(transaction.created),
        "requested_amount": transaction.amount,
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "connect": None,
        "transaction_date": stamp(transaction.created),
        "plan_object": {},
        "subaccount": {},
    }


def described_refund(
    refund: Refund, transaction: Transaction, notes: Mapping[str, Json], now: float
) -> dict[str, Json]:
    """A refund as its creation shows it."""
    note = f"Refund for transaction {transaction.reference}"
    return {
        "transaction": {
            "id": transaction.id,
            "domain": "test",
            "reference": transaction.reference,
            "amount": transaction.charged,
            "paid_at": stamp(transaction.paid),
            "channel": "card",
            "currency": transaction.currency,
            "authorization": {"exp_month": None, "exp_year": None, "account_name": None},
            "customer": {"international_format_phone": None},
            "plan": {},
            "subaccount": {"currency": None},
            "split": {},
            "order_id": None,
            "paidAt": stamp(transaction.paid),
            "pos_transaction_data": None,
            "source": None,
            "fees_breakdown": None,
        },
        "integration": 412829,
        "deducted_amount": 0,
        "channel": None,
        "merchant_note": notes.get("merchant_note") or note,
        "customer_note": notes.get("customer_note") or note,
        "status": "pending",
        "refunded_by": "merchant@example.com",
        "expected_at": stamp(now + 10 * 86400),
        "currency": refund.currency,
        "domain": "test",
        "amount": refund.amount,
        "fully_deducted": False,
        "id": refund.id,
        "createdAt": stamp(now),
        "updatedAt": stamp(now),
    }


def _authorization(transaction: Transaction) -> dict[str, Json]:
    return {
        "authorization_code": f"AUTH_{transaction.access_code[:10]}",
        "bin": "408408",
        "last4": "4081",
        "exp_month": "12",
        "exp_year": "2030",
        "channel": "card",
        "card_type": "visa ",
        "bank": "TEST BANK",
        "country_code": "NG",
        "brand": "visa",
        "reusable": True,
        "signature": f"SIG_{transaction.access_code}",
        "account_name": None,
    }


def _customer(transaction: Transaction) -> dict[str, Json]:
    return {
        "id": 181873746,
        "first_name": None,
        "last_name": None,
        "email": transaction.email,
        "customer_code": f"CUS_{transaction.access_code}",
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }

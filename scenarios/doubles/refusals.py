"""What Paystack refuses, in its words: https://paystack.com/docs/api/errors/."""

from collections.abc import Mapping

from harness.doubles import Reply

ERRORS: Mapping[str, tuple[int, str, str]] = {
    "invalid_Key": (
        401,
        "Invalid key",
        "Ensure that you provide the correct authorization key for the request",
    ),
    "duplicate_reference": (
        400,
        "Duplicate Transaction Reference",
        "Generate and pass a new transaction reference for every transaction",
    ),
    "transaction_not_found": (
        400,
        "Transaction reference not found.",
        "Ensure that you're passing the reference of a transaction that exists on this integration",
    ),
    "invalid_amount": (400, "Invalid Amount Sent", "Ensure that the amount is a positive integer"),
    "invalid_email_address": (400, "Invalid Email Address Passed", "Pass a valid email address"),
    "unsupported_currency": (
        403,
        "Currency not supported by merchant",
        "Pass a currency that is enabled for this integration",
    ),
    "invalid_reference": (
        400,
        "Invalid transaction reference",
        "Ensure that the reference has no characters but -,., = and alphanumeric ones",
    ),
    "transaction_reversed": (
        400,
        "Transaction has been fully reversed",
        "Ensure that the transaction was not refunded before",
    ),
    "transaction_not_successful": (
        400,
        "Transaction has not been paid",
        "Ensure that the transaction was successful",
    ),
    "refund_amount_exceeded": (
        400,
        "Refund amount cannot be more than transaction amount",
        "Pass what is left of the transaction's amount at most",
    ),
    "inactive_merchant": (
        403,
        "Merchant may be inactive",
        "Contact support to have the integration activated",
    ),
}
"""Code → status, message, next step. Of what is not published, the code is ours."""


def refused(code: str, status: int | None = None) -> Reply:
    """The refusal of this code, under its usual status unless another is given."""
    usual, message, step = ERRORS[code]
    body = {
        "status": False,
        "message": message,
        "meta": {"nextStep": step},
        "type": "validation_error",
        "code": code,
    }
    return Reply(status or usual, body, value={"code": code})

"""What the name of an AWS operation tells of it."""

_READS = (
    "Get", "BatchGet", "TransactGet", "Describe", "List", "Query", "Scan", "Head", "Lookup",
    "Search", "Select", "Decrypt", "Verify", "Receive", "Count",
)  # fmt: skip


def reads(operation: str) -> bool:
    """Whether an operation (``GetItem``, ``dynamodb.GetItem``) reads only: it has no effect."""
    return operation.rpartition(".")[2].startswith(_READS)

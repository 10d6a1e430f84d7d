"""Messages that no function can make sense of."""

import json

NOBODY = "00000000-0000-5000-8000-000000000000"
"""The id of no order."""

POISON: tuple[tuple[str, str], ...] = (
    ("ParseQueueUrl", "not json at all"),
    ("MatchQueueUrl", json.dumps({"schemaVersion": "1.0", "kind": "match"})),
    ("PayQueueUrl", json.dumps([1, 2, 3])),
    (
        "FulfilQueueUrl",
        json.dumps(
            {
                "schemaVersion": "1.0",
                "kind": "fulfil",
                "orderId": NOBODY,
                "version": 1,
                "correlationId": "poisonous",
            }
        ),
    ),
)
"""The stack output of a queue → a body: no JSON, half a message, another type, nobody's order."""

"""Objects of S3 in the temporary folder of this LocalStack, not in one that all of a machine share.

There, whichever ends first takes the others' buckets away.
"""

import os
import tempfile


def patch() -> None:
    """Before S3 is asked for; what this imports is what it would import then."""
    from localstack.services.s3 import provider  # noqa: PLC0415 (slow)

    provider.DEFAULT_S3_TMP_DIR = os.path.join(tempfile.gettempdir(), "s3")

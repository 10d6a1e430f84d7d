"""Event sources wait for messages, as AWS's do, rather than look for them again and again.

LocalStack asks each queue with ``WaitTimeSeconds=0``, in turn with a pause. With a dozen queues and
a short pause that is a third of a core for nothing; with a long one every hop of a message takes as
long.
"""

WAIT = 5
"""Seconds for which a queue is asked to wait; an event source that ends takes as long at most."""


def patch() -> None:
    """Let every event source that has no batching window of its own wait at its queue."""
    from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import (  # noqa: PLC0415
        SqsPoller,
    )

    original = SqsPoller.__init__

    def made(poller: SqsPoller, *args: object, **kwargs: object) -> None:
        original(poller, *args, **kwargs)
        # It is only used for how long to wait; a queue answers with the first message that comes.
        poller.maximum_batching_window = poller.maximum_batching_window or WAIT

    SqsPoller.__init__ = made

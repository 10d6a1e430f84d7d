"""Who waits for what, and what goes to whom."""

from collections import defaultdict

from harness.model import Json
from harness.sdl import jsontext
from harness.targets.appsync.execution import Executor
from harness.targets.appsync.realtime.filters import lets_through
from harness.targets.appsync.realtime.subscription import Subscription


class Hub:
    """All subscriptions of an API. Lives on the front's loop alone: nothing here waits, so each
    subscriber gets its messages in the order in which the mutations ended."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: defaultdict[str, dict[Subscription, None]] = defaultdict(dict)

    def add(self, subscription: Subscription) -> None:
        """From now on it gets messages."""
        self._waiting[subscription.field_name][subscription] = None

    def remove(self, subscription: Subscription) -> None:
        """From now on it gets none. Harmless when it isn't there."""
        self._waiting[subscription.field_name].pop(subscription, None)

    def publish(self, field_name: str, message: Json) -> None:
        """Send what a mutation gave to those whose arguments let it through."""
        for subscription in tuple(self._waiting[field_name]):
            if not lets_through(subscription.arguments, message):
                continue
            data = subscription.data(self._executor, message)
            if len(jsontext.dumps(data)) <= self._executor.api.limits.message:
                subscription.send(data)

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

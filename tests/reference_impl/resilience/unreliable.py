"""A DynamoDB client whose answers get lost, as the SDK sees it: it repeats the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class RepeatingClient:
    """Makes each of the next ``losses`` updates twice and gives the second answer; ``meanwhile``
    happens in between."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.losses = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **call: Any) -> Any:
        if self.losses:
            self.losses -= 1
            self._client.update_item(**call)
            self.meanwhile()
        return self._client.update_item(**call)

"""A secret that is kept for a while."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from botocore.exceptions import EndpointConnectionError
from larder.adapters.secrets import ASK_AGAIN_AFTER, FRESH_FOR, CachedSecret
from larder.services.errors import StoreUnavailable


@dataclass
class Manager:
    """Secrets Manager, as long as it isn't down."""

    value: str = "first"
    down: bool = False
    asked: int = 0
    now: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self.asked += 1
        if self.down:
            raise EndpointConnectionError(endpoint_url="https://secrets.example")
        return {"SecretString": self.value}

    def secret(self) -> CachedSecret:
        return CachedSecret(
            self,  # type: ignore[arg-type]
            "arn",
            lambda: self.now,
            self.complaints.append,
        )


def test_a_fresh_secret_is_asked_for_once() -> None:
    manager = Manager()
    secret = manager.secret()
    assert [secret.value(), secret.value()] == ["first", "first"]
    assert manager.asked == 1


def test_a_rotated_secret_is_seen_when_the_old_one_is_no_longer_fresh() -> None:
    manager = Manager()
    secret = manager.secret()
    secret.value()
    manager.value = "second"
    manager.now = FRESH_FOR - 1
    assert secret.value() == "first"
    manager.now = FRESH_FOR
    assert secret.value() == "second"


def test_the_last_good_value_serves_while_the_manager_is_down_and_somebody_is_told() -> None:
    manager = Manager()
    secret = manager.secret()
    secret.value()
    manager.down, manager.now = True, FRESH_FOR
    assert secret.value() == "first"
    assert "last good value" in manager.complaints[0]


def test_a_manager_that_is_down_is_not_asked_at_every_call_and_is_asked_again_in_a_while() -> None:
    manager = Manager()
    secret = manager.secret()
    secret.value()
    manager.down, manager.now = True, FRESH_FOR
    secret.value()
    secret.value()
    assert manager.asked == 2
    manager.down, manager.value = False, "second"
    manager.now += ASK_AGAIN_AFTER
    assert secret.value() == "second"


def test_without_any_good_value_there_is_none_to_serve() -> None:
    with pytest.raises(StoreUnavailable):
        Manager(down=True).secret().value()

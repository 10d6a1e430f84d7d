"""How Larder and what it depends on are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from larder.services.ports import Breaker, BreakerState


@dataclass(frozen=True, slots=True)
class Dependency:
    """One dependency; `breaker` is the state of its circuit breaker, where it has one."""

    name: str
    ok: bool
    breaker: BreakerState | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The state of each dependency, in the order of their names."""

    dependencies: tuple[Dependency, ...]

    @property
    def ok(self) -> bool:
        """Whether every one is well."""
        return all(dependency.ok for dependency in self.dependencies)


def check_health(
    checks: Mapping[str, Callable[[], None]], breakers: Mapping[str, Breaker]
) -> Health:
    """Look at each dependency once. A check that raises is a dependency that isn't well; so this
    never raises."""
    looked_at = [Dependency(name, ok=_is_well(check)) for name, check in checks.items()]
    behind = [_behind_breaker(name, breaker) for name, breaker in breakers.items()]
    return Health(tuple(sorted(looked_at + behind, key=lambda dependency: dependency.name)))


def _is_well(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # whatever it is, the dependency couldn't be used
        return False
    return True


def _behind_breaker(name: str, breaker: Breaker) -> Dependency:
    try:
        state = breaker.state()
    except Exception:  # as above
        return Dependency(name, ok=False)
    return Dependency(name, ok=state is BreakerState.CLOSED, breaker=state)

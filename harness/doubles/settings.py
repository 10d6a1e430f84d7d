"""A double, as ``harness.toml`` declares it."""

from pydantic import Field

from harness.model import Frozen, Json


class DoubleSettings(Frozen):
    """One stand-in for a third party."""

    factory: str = Field(pattern=r"^[\w.]+:\w+$")
    """``module:Class`` of the double; called with its host and the ``options``."""
    port: int = Field(default=0, ge=0, le=65535)
    """0 takes a free one."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Injected into every function; ``{url}`` is the double's own address."""
    secrets: dict[str, str] = Field(default_factory=dict)
    """The double's name of a secret → the stack output that is its ARN."""
    endpoints: dict[str, str] = Field(default_factory=dict)
    """The double's name of an endpoint of the stage → its path there."""
    options: dict[str, Json] = Field(default_factory=dict)
    """Given to the factory by name."""

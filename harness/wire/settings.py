"""The wire, as ``harness.toml`` declares it."""

from pydantic import Field

from harness.model import Frozen


class WireSettings(Frozen):
    """``[wire]``: the proxy between functions and AWS."""

    enabled: bool = True
    """Without it no AWS call is seen, and none can be failed."""
    port: int = Field(default=0, ge=0, le=65535)
    """0 takes a free one."""

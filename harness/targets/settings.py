"""``[targets.<name>]`` of ``harness.toml``."""

from pydantic import Field

from harness.model import Frozen


class FromDouble(Frozen):
    """A parameter whose value a double serves: the body of the answer to a GET of ``path``."""

    double: str
    path: str


class TargetSettings(Frozen):
    """How one target is started and what its stack is given."""

    parameters: dict[str, str | int | float | FromDouble] = Field(default_factory=dict)
    """Stack parameters that differ from the template's defaults."""
    region: str = "eu-west-1"
    port: int | None = Field(default=None, ge=1, le=65535)
    """A loopback port of one's choice; any free one by default."""

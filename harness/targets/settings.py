"""``[targets.<name>]`` of ``harness.toml``."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from harness.model import Frozen


class FromDouble(Frozen):
    """A parameter whose value a double serves: the body of the answer to a GET of ``path``."""

    double: str
    path: str


def _as_text(value: object) -> object:
    # CloudFormation's parameters are strings; TOML has numbers and booleans too.
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Parameter = Annotated[
    str | FromDouble,
    BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool | FromDouble),
]


class GraphQLSettings(Frozen):
    """``[graphql]``: what stands in for AppSync where a target has none."""

    discovery: dict[str, str | FromDouble] = Field(default_factory=dict)
    """Issuer of tokens → where its OpenID discovery is served, for one whose name isn't its
    address here. ``/.well-known/openid-configuration`` is added."""


class SearchSettings(Frozen):
    """``[targets.<name>.search]``: what is another where ``stageproof chaos`` searches. A story is
    played once for each fault there, so its own waits had better be short."""

    parameters: dict[str, Parameter] = Field(default_factory=dict)
    """Stack parameters, over the target's own."""
    patience: float | None = Field(default=None, gt=0)
    """Seconds that a story waits at most."""


class LoadParameters(Frozen):
    """``[targets.<name>.load]``: what is another where ``stageproof load`` is: waits that are
    scaled down for a few journeys at a time are too short where a thousand stand in line."""

    parameters: dict[str, Parameter] = Field(default_factory=dict)
    """Stack parameters, over the target's own."""


LIVE_CALLS, LIVE_SECONDS = 20_000, 1_800.0
"""What a run may ask of somebody's stage where nobody said: a whole verify of an application like
Larder makes 4,600 calls, one after another on a live stage, and a call to AWS from elsewhere takes
a third of a second at worst. So it fits, with room to grow, and one that runs away is ended."""


class TargetSettings(Frozen):
    """How one target is started and what its stack is given."""

    parameters: dict[str, Parameter] = Field(default_factory=dict)
    """Stack parameters that differ from the template's defaults."""
    search: SearchSettings = SearchSettings()
    load: LoadParameters = LoadParameters()
    region: str = "eu-west-1"
    at_once: int = Field(default=8, ge=1, le=1000)
    """How many things a story does at once; a small machine that starts a process for each would
    judge its own slowness."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """A loopback port of one's choice; any free one by default."""
    endpoint: str | None = Field(default=None, pattern=r"^https?://")
    """``localstack``: somebody's running LocalStack; used, never reset or stopped."""
    mode: Literal["container", "process"] | None = None
    """``localstack``: how it is started; by default in a container where that can be done."""
    stack: str | None = None
    """``live``: the stack to attach to."""
    expendable: bool = False
    """``live``: nobody needs this stage, which says so itself by its output
    ``StageproofExpendable``: its buses and topics may be watched by a queue of ours."""
    outputs: str | None = None
    """``live``: a file with the stage's outputs, instead."""
    instead: dict[str, str] = Field(default_factory=dict)
    """``live``: double → the address of what it stands for elsewhere: who gives out tokens."""
    image: str | None = None
    """``localstack``: the container's image."""
    patience: float | None = Field(default=None, gt=0)
    """Seconds that a story waits at most here, where the target is slower than others."""
    pause: float = Field(default=0.3, gt=0)
    """Seconds without a change after which something that a check waits for is taken to be at rest:
    longer than the target ever takes from one step to the next."""
    calls: int | None = Field(default=None, ge=1)
    """How many calls each of a run's stages may be asked for, counted between two units: for a
    ``live`` one, which serves others. Units that nothing is left for are ``unknown``. By default
    20,000 on ``live``, without end elsewhere."""
    seconds: float | None = Field(default=None, gt=0)
    """The same for seconds; by default 1,800 on ``live``."""

"""What running a contract's units needs of the session around them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.config import GraphQlRun
from harness.model import Capability, Identity, Json, Measured
from harness.recorder import Recorder
from harness.specs import Contracts

Logs = Callable[[float, float, Iterable[str]], tuple[str, ...]]
"""Log lines of the invocations between two moments that mention one of the tokens."""


def _no_logs(start: float, end: float, tokens: Iterable[str]) -> tuple[str, ...]:
    return ()


def _unmeasured(capability: Capability) -> Measured | None:
    return None


def _nothing() -> None:
    """A stage that nobody watches."""


def _nobody(case: str, passed: bool) -> None:
    return None


@dataclass(frozen=True)
class ContractContext:
    """A stage as contract units see it: an address, who may call it, and where to write."""

    contracts: Contracts
    base_url: str
    recorder: Recorder
    identities: Sequence[Identity] = ()
    """Customers in a tier with room: the first owns what the second must not see, and a third
    plays the sequences."""
    limited: Identity | None = None
    """A customer of a tier whose limit can be used up."""
    other_tier: Identity | None = None
    """A customer of another tier than ``identities``, who owns nothing of theirs."""
    forged: Mapping[str, Identity] = field(default_factory=dict)
    """Kind of bad token (``expired``, ``wrong audience`` …) → who carries it."""
    signatures: Mapping[str, Callable[[bytes], str]] = field(default_factory=dict)
    """Security scheme → what signs a request's raw body."""
    signed: frozenset[str] = frozenset()
    """The schemes that somebody signs, though perhaps not here."""
    settle: Callable[[], object] = _nothing
    """Waits until nothing is under way on the stage, or for as long as that is worth."""
    pause: float = 0.3
    """Seconds without a change after which something is taken to be at rest."""
    seed: int = 0
    examples: int = 25
    """Drawn cases at most for one operation and kind."""
    stateful: int = 20
    """Sequences of linked operations."""
    capability: Callable[[Capability], Measured | None] = _unmeasured
    correlation_header: str = "X-Correlation-Id"
    keys: Sequence[str] = ()
    """Field names that identify an entity."""
    logs: Logs = _no_logs
    case_ended: Callable[[str, bool], None] = _nobody
    graphql_url: str = ""
    """Where GraphQL is posted; empty where there is none."""
    graphql: GraphQlRun = field(default_factory=GraphQlRun)
    introspection: bool | None = None
    """Whether the template lets the schema be asked for; None where it doesn't say."""
    internals: frozenset[str] = frozenset()
    """Names of the stage's resources that no caller should read in an error."""
    region: str = "us-east-1"
    """For which signatures are made."""
    found: dict[tuple[str, str], Json] = field(default_factory=dict)
    """Real values that units which only read can share: source and customer → value."""
    timeout: float = 10.0
    """Seconds after which an unanswered request is given up."""

    def lacks(self, capability: Capability) -> Measured | None:
        """That the target can't, when it was measured not to; None when it can or wasn't."""
        measured = self.capability(capability)
        return measured if measured is not None and not measured.has else None

"""One companion of a stage, and all of them in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.deploy import StandIns
from harness.model import Stage


@dataclass(frozen=True)
class Companion:
    """A local server of the harness's own beside one stage.

    Whoever makes one has its port by then, and sees to it that it ends with the stage.
    """

    what: str
    """In a sentence about its mistakes: ``a double``."""
    bind: Callable[[Stage], None]
    """Called once the stage is deployed; it answers when this returns."""
    errors: Callable[[], Sequence[Exception]]
    """Its own mistakes so far: never the application's failure."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What every function must be told of it."""
    stand_ins: StandIns = field(default_factory=dict)
    """Values of the resources that the target lacks and it stands in for."""


class Companions(tuple[Companion, ...]):
    """All companions of one stage, in the order in which they are bound."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What every function must be told; of two that say the same variable the later wins."""
        return {k: v for companion in self for k, v in companion.environment.items()}

    @property
    def stand_ins(self) -> StandIns:
        """Values of all that is stood in for."""
        return {k: v for companion in self for k, v in companion.stand_ins.items()}

    def bind(self, stage: Stage) -> None:
        """Tell each of the stage that was deployed.

        Raises:
            HarnessError: one can't do what the stage needs of it.
        """
        for companion in self:
            companion.bind(stage)

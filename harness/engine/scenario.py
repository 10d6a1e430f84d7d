"""How a scenario is declared: work, faults and laws, over a story."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from hypothesis.strategies import SearchStrategy

from harness.engine.stage import Stage
from harness.model import Capability, Law, Plan

Story = Callable[[Stage, Any], None]


@dataclass(frozen=True)
class Budget:
    """How much makes a verdict: fewer counted cases or entities than this is ``unknown``."""

    cases: int = 5
    entities: int = 0


@dataclass(frozen=True)
class Scenario:
    """A story with what it is drawn from and judged by."""

    story: Story
    work: SearchStrategy[Any]
    faults: SearchStrategy[Plan] | None
    laws: Sequence[Law]
    needs: Collection[Capability]
    budget: Budget
    search: SearchStrategy[Any] | None = None
    """The work that a search of its faults plays again and again; None: it isn't searched."""
    anywhere: bool = False

    @property
    def name(self) -> str:
        """Its function's name."""
        return self.story.__name__

    @property
    def title(self) -> str:
        """The first line of its docstring."""
        return (self.story.__doc__ or self.name.replace("_", " ")).strip().splitlines()[0]


@dataclass(frozen=True)
class ScenarioUnit:
    """A scenario as the engine runs it, named by its module's place in the project."""

    id: str
    scenario: Scenario
    kind: ClassVar[Literal["scenario"]] = "scenario"

    @property
    def title(self) -> str:
        """The scenario's own."""
        return self.scenario.title

    @classmethod
    def of(cls, scenario: Scenario, module: Path) -> "ScenarioUnit":
        """``module`` is relative to the project's root."""
        return cls(f"{module.as_posix()}::{scenario.name}", scenario)


def scenario(
    *,
    work: SearchStrategy[Any],
    laws: Sequence[Law],
    faults: SearchStrategy[Plan] | None = None,
    needs: Collection[Capability] = (),
    budget: Budget | None = None,
    search: SearchStrategy[Any] | None = None,
    anywhere: bool = False,
) -> Callable[[Story], Story]:
    """Declare a scenario.

    ``work`` draws what one case is about, usually many entities at once; ``faults`` draws the
    plan that is injected before the story starts; ``laws`` judge the case's history after it has
    settled; ``needs`` are capabilities without which the unit is ``unknown(capability)``, and
    ``CONTROL`` is one of them unless the story says that it runs ``anywhere``: on somebody's live
    stage too, doing nothing there but what its own customers may. ``search`` draws little work, of
    which the smallest is played once for each fault that can happen in it (``stageproof chaos``).
    """

    def declare(story: Story) -> Story:
        needed = frozenset(needs) | (frozenset() if anywhere else {Capability.CONTROL})
        declared = Scenario(
            story, work, faults, tuple(laws), needed, budget or Budget(), search, anywhere
        )
        story.__scenario__ = declared  # type: ignore[attr-defined]  # how the plugin finds it
        return story

    return declare

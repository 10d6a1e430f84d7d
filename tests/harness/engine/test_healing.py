"""What a story heals is what it broke; a plan beside it goes on."""

from harness.engine.stage import Stage
from harness.faults import fault
from harness.model import Fault

OWN, PLANNED = fault("bank.charge", "error", nth=None), fault("bank.refund", "lose")


def fires(stage: Stage, service: str, operation: str) -> Fault | None:
    return stage.faults.take(service, operation)


def test_what_the_story_injected_is_healed_and_the_plan_goes_on(stage: Stage) -> None:
    with stage.running("c1"):
        stage.faults.inject(PLANNED)
        stage.inject(OWN)
        stage.heal()
        assert fires(stage, "bank", "charge") is None
        assert fires(stage, "bank", "refund") == PLANNED


def test_where_the_story_injected_nothing_it_heals_its_plan(stage: Stage) -> None:
    with stage.running("c1"):
        stage.faults.inject(PLANNED)
        stage.heal()
        assert fires(stage, "bank", "refund") is None


def test_everything_is_healed_at_the_end_of_a_case(stage: Stage) -> None:
    with stage.running("c1"):
        stage.faults.inject(PLANNED)
        stage.inject(OWN)
        stage.heal_all()
        assert fires(stage, "bank", "charge") is fires(stage, "bank", "refund") is None


def test_what_one_case_injected_is_not_anothers_to_heal(stage: Stage) -> None:
    with stage.running("c1"):
        stage.inject(OWN)
    with stage.running("c2"):
        stage.faults.inject(PLANNED)
        stage.heal()
        assert fires(stage, "bank", "refund") is None

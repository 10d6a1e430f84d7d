import pytest

from harness.model import Capability
from harness.targets import TargetError, capabilities_of
from harness.targets.ministack import EMULATOR


def test_every_capability_of_the_embedded_target_was_measured() -> None:
    measured = capabilities_of(EMULATOR)
    assert set(measured) == set(Capability)
    assert all(len(m.how) > 20 for m in measured.values())


def test_an_emulator_that_nobody_measured_is_refused() -> None:
    with pytest.raises(TargetError, match=r"nobody measured what ministack-0\.1 can do"):
        capabilities_of("ministack-0.1")

"""What can be asked of the embedded target within seconds, asked, and held against the data.

The rest takes minutes: `nox -s probe`.
"""

import pytest

from harness.model import Capability, Measured
from harness.probe import QUESTIONS, differences, probe
from harness.targets import Endpoint, capabilities_of

_SOME = {c for c, q in QUESTIONS.items() if not q.slow} - {
    Capability.PIPES,  # these wait twenty seconds for what doesn't come
    Capability.SECRET_ROTATION,
    Capability.BUS_DEAD_LETTERS,
    Capability.STREAM_PARTIAL_BATCH,
    Capability.CUSTOM_RESOURCES,
}


@pytest.fixture(scope="module")
def found(embedded: Endpoint) -> dict[Capability, Measured]:
    return probe(embedded, lambda _: None, only=lambda q: q.capability in _SOME)


def test_every_capability_has_one_question() -> None:
    assert set(QUESTIONS) == set(Capability)
    assert all(len(q.aws) > 10 for q in QUESTIONS.values())


def test_the_embedded_target_still_does_what_the_data_says(
    embedded: Endpoint, found: dict[Capability, Measured]
) -> None:
    kept = {c: m for c, m in capabilities_of(embedded.emulator).items() if c in found}
    assert differences(found, kept) == []
    assert len(found) > 30


def test_each_answer_says_what_was_tried_and_what_happened(
    found: dict[Capability, Measured],
) -> None:
    assert [m.capability for m in found.values() if len(m.how) < 25] == []
    assert not any("not answered as AWS does" in m.how for m in found.values())

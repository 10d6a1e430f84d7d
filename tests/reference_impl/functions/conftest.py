"""A world of fakes for each test."""

import pytest

from tests.reference_impl.functions.wiring import World


@pytest.fixture
def world() -> World:
    return World()

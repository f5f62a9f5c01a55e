"""A world of 500 vessels for tests that only look."""

import pytest

from sim.world.world import World

NOW = 1_800_000_000.0


@pytest.fixture
def world() -> World:
    return World(seed=1, size=500, now=NOW)

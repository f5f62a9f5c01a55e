"""A simulation without a clock, for what scenarios do to it."""

import pytest

from fairway.settings import Settings
from sim.simulation import Simulation

NOW = 1_800_000_000.0


@pytest.fixture
def simulation() -> Simulation:
    """Two hundred vessels on their lanes."""
    return Simulation(Settings(fleet_size=200), NOW, 10.0)

"""A simulation without a clock."""

import pytest

from fairway.settings import Settings
from sim.simulation import Simulation

NOW = 1_800_000_000.0


@pytest.fixture
def simulation() -> Simulation:
    """Ten vessels on their lanes."""
    return Simulation(Settings(fleet_size=10), NOW, 10.0)

"""Vessels are found by name, IMO number or MMSI."""

import pytest

from fairway.settings import Settings
from sim.scenario.lookup import find_vessel
from sim.simulation import Simulation


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return Simulation(Settings(fleet_size=5), 1_800_000_000.0, 30.0)


def test_every_name_finds_the_vessel(simulation):
    """Name, MMSI, and the IMO number with or without IMO, also with a wrong check digit."""
    fleet = simulation.world.fleet
    mmsi, imo = int(fleet.mmsi[2]), int(fleet.imo[2])
    wrong = imo // 10 * 10 + (imo + 1) % 10
    for reference in (fleet.name[2], mmsi, str(mmsi), imo, f"IMO{imo}", f"IMO{wrong}", f"imo {wrong}"):
        assert find_vessel(simulation, reference) == mmsi


@pytest.mark.parametrize("reference", ["no one", "IMO1234567", 1, "9" * 40])
def test_no_vessel(simulation, reference):
    """The error quotes what no vessel is called."""
    with pytest.raises(LookupError, match="no vessel"):
        find_vessel(simulation, reference)

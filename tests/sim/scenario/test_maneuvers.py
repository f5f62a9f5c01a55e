"""Maneuvers: what a scenario makes vessels do at sea."""

import numpy as np
import pytest

from fairway.chart.geodesy import distance_nm
from sim.custom import Vessel
from sim.scenario.maneuvers import NOT_UNDER_COMMAND, drift, hold_at_port, meet, own_way


def add(simulation, name: str, lat: float, lon: float, speed: float = 12.0) -> int:
    row = simulation.join(Vessel(name, "tanker", (lat, lon), speed, 90.0))
    return int(simulation.independent.fleet.mmsi[row])


def run(simulation, seconds: int) -> None:
    for _ in range(seconds // 10):
        simulation.step(10.0)


def test_a_vessel_of_the_fleet_gets_its_own_way(simulation):
    """It leaves its lane and is an independent vessel; one that lies can't, where it must be under way."""
    fleet = simulation.world.fleet
    under_way, moored = (int(fleet.mmsi[np.flatnonzero(fleet.nav_status == status)[0]]) for status in (0, 5))
    row = own_way(simulation, under_way)
    assert simulation.find(under_way) == (simulation.independent, row)
    assert own_way(simulation, under_way) == row
    with pytest.raises(LookupError, match="not under way"):
        own_way(simulation, moored)


def test_two_vessels_meet_and_part(simulation):
    """They lie beside each other for a time, and then both sail on."""
    add(simulation, "One", 45.0, -30.0)
    add(simulation, "Two", 45.05, -29.7)
    fleet = simulation.independent.fleet
    meet(simulation, int(fleet.mmsi[0]), int(fleet.mmsi[1]), 1800.0)
    run(simulation, 4000)
    assert fleet.sog.tolist() == [0.0, 0.0]
    assert 0.01 < distance_nm(fleet.lat[0], fleet.lon[0], fleet.lat[1], fleet.lon[1]) < 0.15
    run(simulation, 3600)
    assert fleet.sog.min() > 5


def test_a_vessel_without_its_engine_drifts(simulation):
    """It slows down, drifts on the given course, not under command, and continues afterwards."""
    mmsi = add(simulation, "Adrift", 45.0, -30.0)
    run(simulation, 3600)
    drift(simulation, mmsi, 180.0, 1.5, 2.0)
    run(simulation, 3600)
    fleet = simulation.independent.fleet
    assert (int(fleet.nav_status[0]), float(fleet.cog[0])) == (NOT_UNDER_COMMAND, pytest.approx(180.0, abs=1))
    assert float(fleet.sog[0]) == pytest.approx(1.5, abs=0.01)
    run(simulation, 9000)
    assert int(fleet.nav_status[0]) == 0


def test_a_closed_port_holds_its_vessels(simulation):
    """Moored vessels stay until the port opens; a port that the simulator does not know is an error on request."""
    world = simulation.world
    row = int(np.flatnonzero(world.fleet.nav_status == 5)[0])
    name = world.ports[int(world.lanes.start_port[world.fleet.leg[row]])].name
    until = simulation.now + 5 * 86400.0
    hold_at_port(simulation, name, until)
    assert world.fleet.rest_until[row] >= until
    assert hold_at_port(simulation, "Atlantis", until) == ()
    with pytest.raises(LookupError, match="Atlantis"):
        hold_at_port(simulation, "Atlantis", until, check=True)

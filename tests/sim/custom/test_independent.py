"""Independent vessels move as ships do."""

import numpy as np
import pytest

from fairway.chart.geodesy import distance_nm
from sim.custom import Vessel
from sim.custom.independent import IndependentVessels
from sim.custom.plans import PlanSequence, lie, sail_route
from sim.custom.vessel import columns_of

NOW = 1_800_000_000.0
LONDON = 51.5074, -0.1278


def columns(kn=15.0):
    return columns_of(Vessel("Custom Tracker", "tanker", speed=kn), 500, set())


def test_kinematics(atlantic):
    """Displacement is speed times time, acceleration and turns are those of a ship, and the vessel keeps its path."""
    independent = IndependentVessels(NOW)
    independent.join(columns(), *atlantic.stops[0].place, plan=sail_route(atlantic))
    fleet = independent.fleet
    line = np.stack([atlantic.legs[0].lat, atlantic.legs[0].lon], 1)
    for _ in range(4000):
        lat, lon, sog, heading = fleet.lat[0], fleet.lon[0], fleet.sog[0], fleet.heading[0]
        independent.step(10.0)
        sailed = float(distance_nm(lat, lon, fleet.lat[0], fleet.lon[0]))
        assert sailed == pytest.approx((sog + fleet.sog[0]) / 2 * 10 / 3600, abs=0.004)
        assert abs(fleet.sog[0] - sog) <= 0.11
        assert abs((fleet.heading[0] - heading + 180) % 360 - 180) <= 5.01
    assert fleet.sog[0] == pytest.approx(15.0)
    assert distance_nm(fleet.lat[0], fleet.lon[0], *line.T).min() < 16
    assert independent.now == NOW + 40_000


def test_arrival_at_the_eta(atlantic):
    """A vessel arrives within two hours of its ETA, lies in port for half a day, and turns round."""
    independent = IndependentVessels(NOW)
    independent.join(columns(), *atlantic.stops[0].place, plan=sail_route(atlantic, 0.9))
    fleet, eta = independent.fleet, independent.fleet.eta[0]
    while fleet.nav_status[0] == 0:
        independent.step(60.0)
    assert abs(independent.now - eta) < 7200
    assert distance_nm(fleet.lat[0], fleet.lon[0], *LONDON) < 3
    assert fleet.destination[0] == "London"
    left = independent.now + 12 * 3600 + 120
    while independent.now < left:
        independent.step(60.0)
    assert (int(fleet.nav_status[0]), fleet.destination[0]) == (0, "New York")


def test_vessels_join_and_leave(atlantic):
    """Each of the vessels that stay keeps its own place and plan."""
    independent = IndependentVessels(NOW)
    for number in range(50):
        plan = sail_route(atlantic, number / 50)
        independent.join(columns() | {"mmsi": number}, *atlantic.stops[0].place, plan=plan)
    independent.step(10.0)
    before = dict(zip(independent.fleet.mmsi.tolist(), independent.fleet.lat.tolist(), strict=True))
    assert independent.leave(np.array([0, 7])).tolist() == [row for row in range(50) if row not in (0, 7)]
    assert len(independent.fleet) == 48
    after = dict(zip(independent.fleet.mmsi.tolist(), independent.fleet.lat.tolist(), strict=True))
    assert after == {mmsi: lat for mmsi, lat in before.items() if mmsi not in (0, 7)}
    independent.step(10.0)
    assert len(np.unique(independent.fleet.lat)) == 48


def test_another_plan_begins_at_once(atlantic):
    """A vessel with another plan and the speed 0 stops where it is."""
    independent = IndependentVessels(NOW)
    row = independent.join(columns(), *atlantic.stops[0].place, plan=sail_route(atlantic, 0.5))
    place = float(independent.fleet.lat[row]), float(independent.fleet.lon[row])
    independent.replan(row, lambda _rest: PlanSequence([lie(place)]))
    independent.step(60.0)
    assert (independent.fleet.lat[row], independent.fleet.lon[row]) == pytest.approx(place)
    assert (independent.fleet.sog[row], independent.fleet.nav_status[row], independent.sails[row]) == (0.0, 1, None)

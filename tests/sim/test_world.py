"""The world in motion: kinematics that hold together, statuses that follow from the voyage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sea import geo
from sim.passage import ACCELERATION_KN_H
from sim.world import World

from .conftest import NOW

COLUMNS = ("lat", "lon", "sog", "cog", "heading", "rot", "nav_status", "leg", "along_nm", "draught", "eta")


def run(world, seconds, dt):
    for _ in range(round(seconds / dt)):
        world.step(dt)


def shares(world):
    """At sea, in port, anchored."""
    counts = np.bincount(world.fleet.nav_status, minlength=6)
    return counts[[0, 5, 1]] / counts.sum()


def test_same_seed_same_world():
    """Two worlds of one seed that take the same steps are the same, digit for digit."""
    one, two = World(5, 80, NOW), World(5, 80, NOW)
    run(one, 86_400, 60)
    run(two, 86_400, 60)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one.fleet, name), getattr(two.fleet, name))
    assert one.fleet.destination == two.fleet.destination


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 7.0, 30.0, 60.0]), st.integers(0, 200))
def test_kinematics(seed, dt, before):
    """Displacement is speed times time, course is the direction made good, and turns and acceleration keep limits."""
    world = World(seed, 120, NOW)
    run(world, before * 60, 60)
    for _ in range(40):
        fleet = world.fleet
        lat, lon, sog, cog, heading = (getattr(fleet, name).copy() for name in COLUMNS[:5])
        leg, moored = fleet.leg.copy(), fleet.nav_status == 5
        world.step(dt)
        sailed = geo.distance_nm(lat, lon, fleet.lat, fleet.lon)
        expected = (sog + fleet.sog) / 2 * dt / 3600
        same = (fleet.leg == leg) & ~moored
        # a chord across a rounded corner is a little shorter than the way
        assert (sailed <= expected + 0.003).all()
        assert (sailed[same] >= 0.97 * expected[same] - 0.003).all()
        assert (np.abs(fleet.sog - sog) <= 1.6 * ACCELERATION_KN_H * dt / 3600 + 1e-6).all()
        turned = np.abs(geo.angle_diff(fleet.heading, heading)) / dt * 60
        assert (turned <= 60.001).all()
        np.testing.assert_allclose(turned, np.abs(fleet.rot), atol=1e-6)
        clear = same & (sailed > 0.02)
        made_good = geo.bearing_deg(lat, lon, fleet.lat, fleet.lon)
        off = np.abs(geo.angle_diff(fleet.cog, made_good))[clear]
        swung = np.abs(geo.angle_diff(fleet.cog, cog))[clear]
        assert (off <= swung + 2).all()
        assert ((fleet.sog >= 0) & (fleet.sog <= 25)).all()


def test_step_length():
    """A step of no time, back in time or over a minute is refused with its length."""
    world = World(1, 1, NOW)
    for dt in (0, -1, 60.1):
        with pytest.raises(ValueError, match=str(dt)):
            world.step(dt)


def test_shares_at_start_and_after_a_month():
    """60-80 % at sea, 12-28 % in port, 5-15 % at anchor, at the start and 30 days later."""
    world = World(1, 500, NOW)
    for days in (0, 30):
        run(world, days * 86_400, 60)
        at_sea, in_port, anchored = shares(world)
        assert 0.60 <= at_sea <= 0.80
        assert 0.12 <= in_port <= 0.28
        assert 0.05 <= anchored <= 0.15


def test_speeds_at_sea(world):
    """Over two days every vessel at sea makes 8 to 25 knots, unless within 10 nm of a port or in the canal."""
    places = np.array([place for port in world.ports for place in (port.berth, port.entrance, port.anchorage)])
    fleet, speeds, kinds = world.fleet, [], []
    for _ in range(48):
        run(world, 3600, 60)
        rows = np.flatnonzero(fleet.nav_status == 0)
        off_nm = np.min([geo.distance_nm(*place, fleet.lat[rows], fleet.lon[rows]) for place in places], axis=0)
        canal, along = world.lanes.canal[fleet.leg[rows]], fleet.along_nm[rows]
        in_canal = (along > canal[:, 0] - 3) & (along < canal[:, 1] + 3)
        rows = rows[(off_nm > 10) & ~in_canal]
        speeds.append(fleet.sog[rows].copy())
        kinds.append(fleet.vessel_type[rows])
    speed, kind = np.concatenate(speeds), np.concatenate(kinds)
    assert len(speed) > 10_000
    assert speed.min() >= 8
    assert speed.max() <= 25
    means = [speed[kind == code].mean() for code in range(4)]
    assert means[0] > means[3] > 10
    assert means[0] > means[1] > 10


def test_status_follows_from_the_voyage(world):
    """Moored at a berth, anchored off the port, both at rest; whoever is under way is bound for a port with an ETA."""
    run(world, 5 * 86_400, 60)
    fleet, ports = world.fleet, world.ports
    berths = np.array([port.berth for port in ports])
    for row in np.flatnonzero(fleet.nav_status == 5):
        assert geo.distance_nm(berths[:, 0], berths[:, 1], fleet.lat[row], fleet.lon[row]).min() < 0.2
        assert fleet.sog[row] == 0
    assert (fleet.sog[fleet.nav_status == 1] == 0).all()
    under_way = fleet.nav_status == 0
    assert (fleet.eta[under_way] > world.now - 3 * 3600).all()
    assert set(fleet.destination) <= {port.name for port in ports}


def test_eta_comes_true():
    """Vessels that sail without waiting at anchor berth within 5 % of the time that their ETA promised."""
    world = World(2, 200, NOW)
    fleet = world.fleet
    direct = (fleet.nav_status == 0) & (fleet.stop_nm >= world.lanes.length_nm[fleet.leg] - 1e-6)
    rows = np.flatnonzero(direct & (fleet.eta - NOW > 3600) & (fleet.eta - NOW < 6 * 86_400))[:40]
    promised, leg, arrived = fleet.eta[rows].copy(), fleet.leg[rows].copy(), np.full(len(rows), np.nan)
    assert len(rows) > 5
    for _ in range(7 * 1440):
        world.step(60)
        fresh = np.isnan(arrived) & (fleet.leg[rows] != leg)
        arrived[fresh] = world.now
    assert not np.isnan(arrived).any()
    assert (np.abs(arrived - promised) <= np.maximum(0.05 * (promised - NOW), 1800)).all()

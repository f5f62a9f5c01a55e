"""The world in motion: kinematics that hold together, statuses that follow from the voyage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.chart import geodesy
from sim.world.fleet import ALONGSIDE, SAILING
from sim.world.world import World
from tests.sim.conftest import NOW

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
@given(st.integers(0, 10_000), st.sampled_from([0.25, 1.0, 2.0]), st.integers(0, 300))
def test_kinematics(seed, dt, before):
    """Displacement is speed times time to a metre, course the direction made good, turns and acceleration in limits."""
    world = World(seed, 120, NOW)
    run(world, before * 60, 60)
    fleet = world.fleet
    for _ in range(60):
        lat, lon, sog, cog, heading = (getattr(fleet, name).copy() for name in COLUMNS[:5])
        world.step(dt)
        sailed = geodesy.distance_nm(lat, lon, fleet.lat, fleet.lon)
        expected = (sog + fleet.sog) / 2 * dt / 3600
        np.testing.assert_allclose(sailed, expected, rtol=0.004, atol=1.5 / 1852)
        gained = np.abs(fleet.sog - sog) / dt * 3600
        assert (gained <= 1.51 * fleet.acceleration_kn_h + 1e-6).all()
        assert ((fleet.acceleration_kn_h >= 12) & (fleet.acceleration_kn_h <= 40)).all()
        turned = np.abs(geodesy.angle_diff(fleet.heading, heading)) / dt * 60
        np.testing.assert_allclose(turned, np.abs(fleet.rot), atol=1e-6)
        assert (turned <= turn_limit(fleet) + 0.01).all()
        moving = (sog > 3) & (fleet.sog > 3)
        made_good = geodesy.bearing_deg(lat, lon, fleet.lat, fleet.lon)
        middle = cog + geodesy.angle_diff(fleet.cog, cog) / 2
        assert np.abs(geodesy.angle_diff(middle, made_good))[moving].max() < 0.3
        assert ((fleet.sog >= 0) & (fleet.sog <= 25)).all()
        assert ((fleet.heading < 360) & (fleet.cog < 360)).all()


def turn_limit(fleet):
    """Degrees a minute: V/(2.5 L), or what tugs do."""
    metres_a_second = fleet.sog * 1852 / 3600
    return np.maximum(np.degrees(metres_a_second / (2.5 * fleet.length_m)) * 60, 20.0)


def test_long_steps_go_as_far():
    """A minute in one step leads to where sixty steps of a second lead, within 60 m, for whoever just sails."""
    one, two = World(3, 300, NOW), World(3, 300, NOW)
    run(one, 600, 1.0)
    run(two, 600, 60.0)
    sails = (one.fleet.phase == 0) & (two.fleet.phase == 0) & (np.abs(one.fleet.sog - two.fleet.sog) < 0.02)
    assert np.count_nonzero(sails) > 150
    apart = geodesy.distance_nm(one.fleet.lat, one.fleet.lon, two.fleet.lat, two.fleet.lon)[sails] * 1852
    assert apart.max() < 60
    np.testing.assert_array_equal(one.fleet.weather_kn, two.fleet.weather_kn)


def test_courses_have_no_step():
    """At sea no one's course turns faster than the ship can, and ordinarily far slower; by the second, over an hour."""
    world = World(4, 500, NOW)
    fleet, rates = world.fleet, []
    places = np.array([place for port in world.ports for place in (port.berth, port.entrance, port.anchorage)])
    off_nm = np.min([geodesy.distance_nm(*place, fleet.lat, fleet.lon) for place in places], axis=0)  # type: ignore[call-arg]
    at_sea = (off_nm > 25) & (fleet.sog > 8)
    assert np.count_nonzero(at_sea) > 200
    for _ in range(3600):
        cog = fleet.cog.copy()
        world.step(1.0)
        rates.append((np.abs(geodesy.angle_diff(fleet.cog, cog)) * 60 / turn_limit(fleet))[at_sea])
    assert np.max(rates) < 1.0
    assert np.percentile(rates, 99) < 0.3


def test_heading_allows_for_set():
    """At sea heading and course differ by up to 8 degrees, to both sides, and change slowly."""
    world = World(6, 400, NOW)
    run(world, 1800, 1.0)
    fleet = world.fleet
    off = geodesy.angle_diff(fleet.heading, fleet.cog)[(fleet.sog > 8) & (np.abs(fleet.rot) < 2)]
    assert np.abs(off).max() < 8.5
    assert 1.0 < np.abs(off).mean() < 4.0
    assert np.count_nonzero(off > 1) > 40 < np.count_nonzero(off < -1)


def test_speed_varies_with_type_and_load_and_time():
    """Laden bulkers and tankers are slower than those in ballast; speeds at sea drift by some tenths of a knot."""
    world = World(1, 4000, NOW)
    fleet = world.fleet
    sails = (fleet.sog > 8.5) & (np.abs(fleet.target_kn - fleet.sog) < 0.01)
    load = world._voyages.data.load_share(np.arange(4000))
    for kind in (1, 3):
        ours = sails & (fleet.vessel_type == kind)
        assert fleet.sog[ours & (load > 0.5)].mean() < fleet.sog[ours & (load < 0.5)].mean() - 0.3
    before = fleet.sog.copy()
    run(world, 7200, 60)
    change = np.abs(fleet.sog - before)[sails & (fleet.sog > 8.5)]
    assert 0.1 < np.median(change) < 0.6


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
    """Over two days every vessel at sea makes 8 to 25 knots, but near a port, in the canal and in its roads."""
    places = np.array([place for port in world.ports for place in (port.berth, port.entrance, port.anchorage)])
    fleet, speeds, kinds = world.fleet, [], []
    for _ in range(48):
        run(world, 3600, 60)
        rows = np.flatnonzero(fleet.nav_status == 0)
        off_nm = np.min([geodesy.distance_nm(*place, fleet.lat[rows], fleet.lon[rows]) for place in places], axis=0)  # type: ignore[call-arg]
        canal, along = world.lanes.canal[fleet.leg[rows]], fleet.along_nm[rows]
        in_canal = (along > canal[:, 0] - 14) & (along < canal[:, 1] + 3)
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
        assert geodesy.distance_nm(berths[:, 0], berths[:, 1], fleet.lat[row], fleet.lon[row]).min() < 2.0
        assert fleet.sog[row] == 0
    assert (fleet.sog[fleet.nav_status == 1] == 0).all()
    under_way = fleet.nav_status == 0
    assert (fleet.eta[under_way] > world.now - 3 * 3600).all()
    assert set(fleet.destination) <= {port.name for port in ports}


def test_eta_comes_true():
    """Vessels that sail without waiting at anchor berth within 5 % of the time that their ETA promised."""
    world = World(2, 400, NOW)
    fleet = world.fleet
    direct = (fleet.phase == SAILING) & (fleet.stop_phase == ALONGSIDE) & (fleet.eta > NOW + 3600)
    rows = np.flatnonzero(direct & (fleet.eta < NOW + 6 * 86_400))[:40]
    promised, arrived = fleet.eta[rows].copy(), np.full(len(rows), np.nan)
    assert len(rows) > 8
    for _ in range(7 * 1440):
        world.step(60)
        fresh = np.isnan(arrived) & (fleet.phase[rows] == ALONGSIDE)
        arrived[fresh] = world.now
    assert not np.isnan(arrived).any()
    assert (np.abs(arrived - promised) <= np.maximum(0.05 * (promised - NOW), 1800)).all()

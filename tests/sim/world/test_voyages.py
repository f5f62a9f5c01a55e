"""What vessels do between voyages, and where: berths, anchorages, convoys; and lanes that have a width."""

from itertools import pairwise

import numpy as np
import pytest

from fairway.chart import geodesy
from sim.world.fleet import ALONGSIDE, ANCHORED, IN_ROADS, READY, SAILING, TURNING
from sim.world.passage import APPROACH_KN, PILOTAGE_KN
from sim.world.vessel_types import SIZE_CLASSES
from sim.world.world import World
from tests.sim.conftest import NOW

pytestmark = pytest.mark.timeout(900)
DAY = 86_400.0
MIDNIGHT = NOW - NOW % DAY


def run(world, seconds, dt=60.0):
    for _ in range(round(seconds / dt)):
        world.step(dt)


def apart_m(lat, lon):
    """Metres between all pairs of some vessels, inf on the diagonal."""
    apart = geodesy.distance_nm(lat[:, None], lon[:, None], lat[None], lon[None]) * 1852
    np.fill_diagonal(apart, np.inf)
    return apart


def histories(world, days, dt=60.0):
    """The phases that each vessel goes through, with the time at which each begins."""
    fleet = world.fleet
    found = [[(world.now, int(phase))] for phase in fleet.phase]
    for _ in range(round(days * DAY / dt)):
        before = fleet.phase.copy()
        world.step(dt)
        for row in np.flatnonzero(fleet.phase != before):
            found[row].append((world.now, int(fleet.phase[row])))
    return found


@pytest.fixture(scope="module")
def month():
    """Phases of 500 vessels in twenty days."""
    world = World(7, 500, NOW)
    return world, histories(world, 20)


def test_the_order_of_a_voyage(month):
    """Berth, ready, cast off, sea, perhaps roads and anchorage, berth: nothing is left out, no one is stuck."""
    may_follow = {
        ALONGSIDE: {READY},
        READY: {TURNING},
        TURNING: {SAILING},
        SAILING: {IN_ROADS, ANCHORED, ALONGSIDE},
        IN_ROADS: {TURNING},
        ANCHORED: {TURNING},
    }
    _, found = month
    for history in found:
        phases = [phase for _, phase in history]
        assert all(b in may_follow[a] for a, b in pairwise(phases)), phases
    assert {phase for history in found for _, phase in history} == set(range(6))
    longest = max(b[0] - a[0] for history in found for a, b in pairwise(history))
    assert longest < 36 * DAY


def test_bulk_anchors_first(month):
    """Bulkers and tankers wait at the anchorage before every berth; container vessels mostly do not."""
    world, found = month
    share = {}
    for kind in (0, 1, 3):
        calls = [
            ANCHORED in (phases[at - 1], phases[at - 3] if at > 2 else -1)
            for row, history in enumerate(found)
            if world.fleet.vessel_type[row] == kind
            for phases in [[phase for _, phase in history]]
            for at in range(4, len(phases))
            if phases[at] == ALONGSIDE
        ]
        share[kind] = np.mean(calls)
    assert share[1] > 0.95
    assert share[3] > 0.95
    assert share[0] < 0.45


def test_stays_are_log_normal_by_type(month):
    """Bulkers stay about three times as long as container vessels; the logarithms of stays spread by about a half."""
    world, found = month
    stays = {kind: [] for kind in range(4)}
    for row, history in enumerate(found):
        for (begin, phase), (_, after), (end, _) in zip(history[1:], history[2:], history[3:], strict=False):
            if phase == ALONGSIDE and after == READY:
                stays[int(world.fleet.vessel_type[row])].append(end - begin)
    medians = [np.median(stays[kind]) for kind in range(4)]
    assert medians[1] > 2 * medians[0]
    assert medians[2] > 1.1 * medians[0]
    assert 0.3 < np.std(np.log(stays[0])) < 0.7


def test_the_draught_changes_in_port():
    """A vessel's draught changes while it is moored and never at sea; bulk goes laden one way and empty the other."""
    world = World(5, 200, NOW)
    fleet, changes = world.fleet, []
    for _ in range(6 * 1440):
        draught, phase = fleet.draught.copy(), fleet.phase.copy()
        world.step(60)
        rows = np.flatnonzero(fleet.draught != draught)
        assert (phase[rows] == ALONGSIDE).all()
        changes += [(draught[row], fleet.draught[row]) for row in rows if fleet.vessel_type[row] in (1, 3)]
    before, after = np.array(changes).T
    assert len(changes) > 20
    assert (np.maximum(before, after) > 1.4 * np.minimum(before, after)).all()


def test_vessels_lie_at_several_berths():
    """In a large fleet, no two moored vessels of a port lie on one point, and ports have berths on both sides."""
    world = World(2, 1500, NOW)
    run(world, 2 * DAY)
    fleet = world.fleet
    moored = np.flatnonzero((fleet.phase == ALONGSIDE) | (fleet.phase == READY))
    assert apart_m(fleet.lat[moored], fleet.lon[moored]).min() > 2
    busiest = np.bincount(fleet.berth_port[moored]).argmax()
    assert len(np.unique(fleet.berth[moored[fleet.berth_port[moored] == busiest]])) >= 6
    assert (fleet.berth_port[moored] == world.lanes.start_port[fleet.leg[moored]]).all()


def test_a_large_fleet_has_basins_to_lie_in():
    """Of 10,000 vessels' moored ones few share a place, and none lies far from its port's berth."""
    world = World(2, 10_000, NOW)
    fleet = world.fleet
    rows = np.flatnonzero(fleet.phase == ALONGSIDE)
    assert np.mean(apart_m(fleet.lat[rows], fleet.lon[rows]).min(axis=1) < 50) < 0.25
    berths = np.array([world.ports[port].berth for port in fleet.berth_port[rows]])
    assert geodesy.distance_nm(fleet.lat[rows], fleet.lon[rows], *berths.T).max() < 3.0


@pytest.mark.slow
def test_anchored_vessels_spread():
    """Vessels at anchor lie beside the lane, hardly ever two within 200 m, and each off the port that it waits for."""
    world = World(3, 600, NOW)
    run(world, DAY)
    fleet = world.fleet
    rows = np.flatnonzero(fleet.phase == ANCHORED)
    assert np.mean(apart_m(fleet.lat[rows], fleet.lon[rows]).min(axis=1) < 200) < 0.1
    ends = np.array([world.ports[port].anchorage for port in world.lanes.end_port[fleet.leg[rows]]])
    assert geodesy.distance_nm(fleet.lat[rows], fleet.lon[rows], *ends.T).max() < 6


def test_convoys_through_suez():
    """Vessels enter in convoys after their hour, ten minutes apart, go through at 8 knots, and wait in the roads."""
    world = World(1, 1000, MIDNIGHT + 3 * 3600)
    fleet = world.fleet
    canal = np.where(world.lanes.passage[:, None] == "suez", world.lanes.canal, np.nan)
    entries, waited = {True: [], False: []}, 0
    for _ in range(4 * 1440):
        along = fleet.along_nm.copy()
        world.step(60)
        begins, ends = canal[fleet.leg].T
        waited = max(waited, np.count_nonzero(fleet.phase == IN_ROADS))
        for row in np.flatnonzero((along < begins) & (fleet.along_nm >= begins)).tolist():
            entries[bool(fleet.lat[row] > 31)].append(world.now)
        inside = (fleet.along_nm > begins + 1) & (fleet.along_nm < ends - 1)
        np.testing.assert_allclose(fleet.sog[inside], 8.0, atol=0.6)
    assert waited >= 4
    for southbound, hour in ((True, 1.5), (False, 2.0)):
        times = np.array(entries[southbound])
        assert len(times) > 8
        in_day = (times - MIDNIGHT) % DAY / 3600
        assert ((in_day > hour - 0.5) & (in_day < hour + 7)).all()
        assert np.diff(np.sort(times)).min() >= 300


def test_through_panama():
    """Who fits goes through in about nine hours, a vessel in 40 minutes each way, slow in the locks; no VLCC does."""
    world = World(1, 1000, NOW)
    fleet, lanes = world.fleet, world.lanes
    inside, entries = {}, {True: [], False: []}
    for _ in range(5 * 1440):
        world.step(60)
        begins, ends = lanes.canal[fleet.leg].T
        there = (lanes.passage[fleet.leg] == "panama") & (fleet.along_nm >= begins) & (fleet.along_nm < ends)
        for row in np.flatnonzero(there).tolist():
            first = inside.setdefault((row, fleet.leg[row]), (world.now, []))
            if not first[1]:
                entries[bool(fleet.lat[row] > 9.1)].append(world.now)
            first[1].append(fleet.sog[row])
    whole = [speeds for start, speeds in inside.values() if NOW + 60 < start < world.now - DAY / 2]
    assert len(whole) > 5
    for speeds in whole:
        assert 7.5 < len(speeds) / 60 < 10
        assert min(speeds) < 1.5
        assert max(speeds) < 8.5
    for times in entries.values():
        assert np.diff(sorted(times)).min(initial=np.inf) >= 2000
    classes = {SIZE_CLASSES[fleet.size_class[row]].name for row, _ in inside}
    assert not classes & {"ULCV", "Valemax", "Capesize", "VLCC", "Suezmax"}


def test_the_canal_is_in_use_at_the_start():
    """A world that begins at noon has its convoys under way; eight hours later vessels have gathered for the next."""
    world = World(1, 2000, MIDNIGHT + 7 * 3600)
    fleet, (begins, ends) = world.fleet, world.lanes.canal[world.fleet.leg].T
    inside = (fleet.along_nm >= begins) & (fleet.along_nm < ends)
    assert np.count_nonzero(inside) >= 4
    assert (fleet.phase[inside] == SAILING).all()
    run(world, 8 * 3600)
    assert np.count_nonzero(fleet.phase == IN_ROADS) > np.count_nonzero(inside)


def test_approach_slows_down():
    """Before a port speeds fall to 12 knots, then 8 with a pilot aboard, then 6 inside the entrance."""
    world = World(8, 600, NOW)
    fleet, lanes = world.fleet, world.lanes
    seen = 0
    for _ in range(300):
        run(world, 600)
        to_go = lanes.entrance_in_nm[fleet.leg] - fleet.along_nm
        for nearest, farthest, limit in ((6.0, 15.0, APPROACH_KN), (0.0, 6.0, PILOTAGE_KN), (-9.0, 0.0, 6.0)):
            there = (fleet.phase == SAILING) & (to_go > nearest) & (to_go < farthest)
            seen += np.count_nonzero(there)
            assert (fleet.sog[there] <= limit + 0.8).all()
    assert seen > 500


def test_no_pearl_strings():
    """Vessels on one leg keep different distances from its middle, opposite directions keep apart."""
    world = World(1, 2000, NOW)
    fleet, lanes = world.fleet, world.lanes
    open_sea = (fleet.phase == SAILING) & (fleet.path_per_nm > 0) & (lanes.to_starboard_nm[fleet.lane_point] > 1.5)
    lat, lon, course, _ = lanes.position(fleet.leg, fleet.along_nm, fleet.lane_point)
    off = geodesy.distance_nm(lat, lon, fleet.lat, fleet.lon)
    right = geodesy.angle_diff(geodesy.bearing_deg(lat, lon, fleet.lat, fleet.lon), course) > 0
    aside = np.where(right, off, -off)[open_sea]
    assert np.count_nonzero(open_sea) > 500
    assert aside.min() > -0.35
    assert 1.5 < aside.max() < 2.6
    assert len(np.unique(np.round(aside, 2))) > 150


def test_overtaking_keeps_clear():
    """In two days of 500 vessels no one under way at sea comes within 45 m of another: who overtakes passes beside."""
    world = World(1, 500, NOW)
    fleet, closest = world.fleet, []
    for step in range(2 * 1440):
        world.step(60)
        if step % 4:
            continue
        rows = np.flatnonzero((fleet.phase == SAILING) & (fleet.target_kn > 8.4))
        closest.append(apart_m(fleet.lat[rows], fleet.lon[rows]).min())
    assert min(closest) > 45


def test_a_vessel_casts_off_without_a_jump():
    """From its berth to sea and from the sea to its berth a vessel moves without a jump, its heading included."""
    world = World(9, 150, NOW)
    fleet = world.fleet
    for _ in range(15_000):
        lat, lon, heading = fleet.lat.copy(), fleet.lon.copy(), fleet.heading.copy()
        world.step(5.0)
        moved_m = geodesy.distance_nm(lat, lon, fleet.lat, fleet.lon) * 1852
        assert moved_m.max() < 25 * 0.5144 * 5 + 3
        assert np.abs(geodesy.angle_diff(fleet.heading, heading)).max() < 12

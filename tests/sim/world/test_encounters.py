"""Who gives way at sea: an overtaking, a meeting and a crossing vessel, and a sea in which no one comes too near."""

import numpy as np
import pytest

from fairway.chart import geodesy
from sim.world import encounters
from sim.world.encounters import Encounters, neighbours
from sim.world.fleet import SAILING
from sim.world.world import World
from tests.sim.conftest import NOW


def two(kn, apart_nm, course=0.0, bearing=0.0, aside=(0.5, 0.5)):
    """A world in which row 0 has row 1 at a bearing (degrees off its own course) and distance, on that other course."""
    world = World(1, 400, NOW)
    fleet, lanes = world.fleet, world.lanes
    width = lanes.to_port_nm[fleet.lane_point + 1] + lanes.to_starboard_nm[fleet.lane_point + 1]
    wide = np.flatnonzero(world._encounters._at_sea() & (width > 2.7) & (fleet.target_kn > 10))
    first, second = wide[:2].tolist()
    others = np.setdiff1d(np.arange(len(fleet)), [first, second])
    fleet.phase[others] = SAILING + 1
    fleet.sog[[first, second]], fleet.lane_position[[first, second]] = kn, aside
    fleet.lane_position_wanted[:] = fleet.lane_position
    fleet.lat[second], fleet.lon[second] = geodesy.destination(
        fleet.lat[first], fleet.lon[first], fleet.cog[first] + bearing, apart_nm
    )
    fleet.cog[second] = (fleet.cog[first] + course) % 360
    changed = world._encounters.change(NOW - 60, NOW)
    return fleet, first, second, changed.tolist()


def test_who_overtakes_keeps_clear():
    """The faster one goes to a line of its own half a mile beside, the slower one stands on; whoever comes first."""
    fleet, fast, slow, changed = two((16.0, 10.0), 2.0)
    assert fleet.lane_position_wanted[fast] != fleet.lane_position[fast]
    assert fleet.lane_position_wanted[slow] == fleet.lane_position[slow]
    assert changed == []
    fleet, slow, fast, _ = two((10.0, 16.0), 2.0, bearing=180.0)
    assert fleet.lane_position_wanted[fast] != fleet.lane_position[fast]
    assert fleet.lane_position_wanted[slow] == fleet.lane_position[slow]


def test_no_one_moves_without_need():
    """The one ahead is faster, or a mile abeam, or an hour away: no one alters."""
    for kn, apart_nm, bearing in (((10.0, 16.0), 2.0, 0.0), ((16.0, 15.9), 2.9, 0.0), ((16.0, 10.0), 1.5, 60.0)):
        fleet, first, second, changed = two(kn, apart_nm, bearing=bearing)
        assert (fleet.lane_position_wanted == fleet.lane_position)[[first, second]].all()
        assert changed == []


def test_who_has_the_other_to_starboard_gives_way():
    """Two cross, and would reach one place at a time: one slackens speed and goes to starboard, for a while."""
    fleet, gives, stands, changed = two((12.0, 12.0), 2.5, course=270.0, bearing=45.0)
    assert changed == [gives]
    assert 8.0 <= fleet.give_way_kn[gives] < 10.0
    assert fleet.lane_position_wanted[gives] > fleet.lane_position[gives]
    assert np.isinf(fleet.give_way_kn[stands])
    assert NOW < fleet.give_way_until[gives] < NOW + 3600


def test_both_who_meet_go_to_starboard():
    """Head-on no one slows down."""
    fleet, first, second, changed = two((12.0, 12.0), 2.8, course=180.0)
    assert (fleet.lane_position_wanted > fleet.lane_position)[[first, second]].all()
    assert changed == []


def test_who_has_no_room_follows():
    """At the edge of a lane too narrow to pass in, who is faster keeps behind for a while."""
    world = World(1, 400, NOW)
    fleet = world.fleet
    rows = np.array([0, 1])
    world._encounters._width = lambda rows: np.full(len(rows), 0.2)
    fleet.cog[rows], fleet.lat[rows], fleet.lon[rows] = 0.0, [10.0, 10.02], -30.0
    assert world._encounters._overtake(rows[:1], rows[1:]).tolist() == [True]
    assert fleet.lane_position_wanted[0] == fleet.lane_position[0]


def passes(world, days):
    """Nearest approach at sea of each pair that came within two miles, nm."""
    fleet, best = world.fleet, {}
    for _ in range(round(days * 1440)):
        world.step(60)
        rows = np.flatnonzero(world._encounters._at_sea())
        one, other = (rows[side] for side in neighbours(fleet.lat[rows], fleet.lon[rows]))
        apart = geodesy.distance_nm(fleet.lat[one], fleet.lon[one], fleet.lat[other], fleet.lon[other])
        for pair in np.flatnonzero(apart < 2.0).tolist():
            key = frozenset((int(one[pair]), int(other[pair])))
            best[key] = min(best.get(key, 2.0), float(apart[pair]))
    return np.array(list(best.values()))


@pytest.mark.slow
def test_ships_pass_at_a_believable_distance(monkeypatch):
    """In a crowded sea a third as many pass within three cables as where no one looks out; no one swaps sides twice."""
    with_lookout = passes(World(1, 2500, NOW), 0.35)
    monkeypatch.setattr(encounters, "MAX_VESSELS", 0)
    without = passes(World(1, 2500, NOW), 0.35)
    assert np.count_nonzero(without < 0.3) > 40
    assert np.count_nonzero(with_lookout < 0.3) < 0.4 * np.count_nonzero(without < 0.3)


def test_neighbours():
    """Every pair within three miles is found once, across cells and the antimeridian, whatever the order."""
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(-0.3, 0.3, 300), (179.9 + rng.uniform(-0.3, 0.3, 300) + 180) % 360 - 180
    one, other = neighbours(lat, lon)
    found = {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    assert len(found) == len(one)
    apart = geodesy.distance_nm(lat[:, None], lon[:, None], lat, lon)
    near = {frozenset((a, b)) for a, b in np.argwhere(apart < 3.0).tolist() if a != b}
    assert near <= found
    assert len(neighbours(np.zeros(0), np.zeros(0))[0]) == 0


def test_a_large_fleet_does_not_look_out(monkeypatch):
    """Above the limit no one gives way, and steps cost no more."""
    monkeypatch.setattr(Encounters, "_look_out", lambda *_: 1 / 0)
    monkeypatch.setattr(encounters, "MAX_VESSELS", 50)
    World(1, 51, NOW).step(60.0)

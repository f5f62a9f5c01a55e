"""What is heard of the simulated truth: who reports when, and what."""

import numpy as np
import pytest

from fairway.chart import geodesy
from fairway.chart.ports import PortIndex
from sim.reports.coverage import Coverage
from sim.reports.reporting import Reporter, itu_interval_s
from sim.world.world import World

NOW = 1_800_000_000.0


def position_reports(batches):
    return [mmsi for batch in batches if batch.moving for mmsi in batch.mmsi.tolist()]


def test_each_vessel_reports_in_its_own_phase():
    """Within one interval every vessel under way reports once, spread evenly; at rest every three minutes."""
    world = World(1, 500, NOW)
    reporter = Reporter(world, 30.0)
    seen, busiest = [], 0
    for _ in range(30):
        world.step(1.0)
        reports = position_reports(reporter.due())
        busiest = max(busiest, len(reports))
        seen += reports
    under_way = world.fleet.mmsi[world.fleet.nav_status == 0].tolist()
    assert set(under_way) <= set(seen)
    assert len(seen) < 1.25 * len(under_way) + 60
    assert busiest < 40


def test_a_change_of_status_or_voyage_is_reported_at_once():
    """Who casts off or drops anchor reports in that very second, with the new destination where there is one."""
    world = World(1, 500, NOW)
    reporter = Reporter(world, 3600.0)
    for _ in range(600):
        before, version = world.fleet.nav_status.copy(), world.fleet.voyage_version.copy()
        world.step(60.0)
        batches = reporter.due()
        changed = world.fleet.mmsi[world.fleet.nav_status != before]
        assert set(changed.tolist()) <= set(position_reports(batches))
        renewed = set(world.fleet.mmsi[world.fleet.voyage_version != version].tolist())
        assert renewed <= {mmsi for batch in batches if batch.static for mmsi in batch.mmsi.tolist()}


def test_units():
    """A report is what the vessel is, in the scaled integers of AIS, but for its instruments' noise."""
    world = World(1, 50, NOW)
    position, static = Reporter(world, 30.0).everything()
    fleet = world.fleet
    under_way = fleet.nav_status == 0
    np.testing.assert_allclose(position.moving["lat"] / 600_000, fleet.lat, atol=0.007)
    np.testing.assert_allclose(position.moving["lat"][under_way] / 600_000, fleet.lat[under_way], atol=20 / 111_000)
    np.testing.assert_allclose(position.moving["sog"][under_way] / 10, fleet.sog[under_way], atol=0.35)
    assert (position.moving["cog"] < 3600).all()
    assert (position.moving["heading"] < 360).all()
    assert position.simulated
    assert static.static["name"][0] == "MV Atlantic Pioneer"
    assert (position.t == NOW * 1000).all()


@pytest.mark.parametrize(
    ("sog", "status", "turning", "class_b", "seconds"),
    [
        (0.0, 1, False, False, 180),
        (0.0, 5, False, False, 180),
        (3.5, 1, False, False, 10),
        (0.0, 0, False, False, 10),
        (13.9, 0, False, False, 10),
        (13.9, 0, True, False, 10 / 3),
        (14.0, 0, False, False, 6),
        (22.9, 0, True, False, 2),
        (23.1, 0, False, False, 2),
        (1.9, 0, False, True, 180),
        (10.0, 0, True, True, 30),
        (15.0, 0, False, True, 15),
        (24.0, 0, False, True, 5),
    ],
)
def test_intervals_of_itu(sog, status, turning, class_b, seconds):
    """Each line of the tables of ITU-R M.1371-5: speed, status, turning and class decide how often a vessel reports."""
    found = itu_interval_s(*(np.array([value]) for value in (sog, status, turning, class_b)))
    assert found.tolist() == [seconds]


def test_a_fleet_reports_as_itu_says():
    """Over ten minutes every vessel that keeps its speed reports at the interval of its own speed and status."""
    world = World(1, 300, NOW)
    reporter, fleet = Reporter(world, 30.0, "itu"), world.fleet
    heard = {mmsi: [] for mmsi in fleet.mmsi.tolist()}
    slowest, fastest, turned = fleet.sog.copy(), fleet.sog.copy(), np.zeros(300, bool)
    for second in range(600):
        world.step(1.0)
        slowest, fastest = np.minimum(slowest, fleet.sog), np.maximum(fastest, fleet.sog)
        turned |= (np.abs(fleet.rot) > 1.0) | (reporter.reported_status != 0)
        for mmsi in position_reports(reporter.due()):
            heard[mmsi].append(second)
    means = np.array([np.diff(times).mean() if len(times) > 2 else np.nan for times in heard.values()])
    slow, fast = ~turned & (fastest < 14) & (slowest > 1), ~turned & (slowest > 14) & (fastest < 23)
    assert np.count_nonzero(slow) > 50
    assert np.count_nonzero(fast) > 10
    np.testing.assert_allclose(means[slow], 10, rtol=0.03)
    np.testing.assert_allclose(means[fast], 6, rtol=0.03)
    gaps = np.concatenate([np.diff(times) for times in heard.values() if len(times) > 20])
    assert len(np.unique(gaps)) > 3


def test_a_turn_is_reported_sooner():
    """A vessel that begins to turn fast reports every 3 1/3 seconds from then on, until it is steady again."""
    world = World(1, 1, NOW)
    reporter, fleet = Reporter(world, 30.0, "itu"), world.fleet
    counts = []
    for rot in (0.0, 40.0, 0.0):
        count = 0
        for _ in range(120):
            world.now += 1.0
            fleet.sog[:], fleet.rot[:], fleet.nav_status[:] = 12.0, rot, 0
            count += len(position_reports(reporter.due()))
        counts.append(count)
    assert 11 <= counts[0] <= 14
    assert 28 <= counts[1] <= 37
    assert counts[2] <= 24


def test_noise_of_the_position():
    """A moored vessel's position wanders 3 to 5 m about its berth, slowly; speed 0, heading fixed, course at random."""
    world = World(1, 200, NOW)
    reporter, fleet = Reporter(world, 10.0), world.fleet
    moored = np.flatnonzero(fleet.nav_status == 5)
    looks = []
    for _ in range(300):
        world.now += 10.0
        looks.append(reporter.position_report(moored).moving)
    north = (np.stack([look["lat"] for look in looks]) / 600_000 - fleet.lat[moored]) * 111_120
    east = (np.stack([look["lon"] for look in looks]) / 600_000 - fleet.lon[moored]) * 111_120
    off = np.sqrt((north**2 + (east * np.cos(np.radians(fleet.lat[moored]))) ** 2).mean())
    assert 3.0 < off < 5.0
    assert np.abs(np.diff(north, axis=0)).mean() < 2.0
    assert {int(look["sog"].max()) for look in looks} == {0}
    assert (np.ptp(np.stack([look["heading"] for look in looks]), axis=0) == 0).all()
    assert (np.ptp(np.stack([look["cog"] for look in looks]), axis=0) > 3000).all()


def test_a_vessel_at_anchor_swings():
    """It lies 150 to 350 m off its anchor on an arc, its bow towards it, slower than a knot, and never jumps."""
    world = World(3, 300, NOW)
    reporter, fleet = Reporter(world, 10.0), world.fleet
    rows = np.flatnonzero(fleet.nav_status == 1)
    looks = []
    for _ in range(1500):
        world.now += 30.0
        looks.append(reporter.position_report(rows).moving)
    lat, lon = (np.stack([look[name] for look in looks]) / 600_000 for name in ("lat", "lon"))
    off_m = geodesy.distance_nm(fleet.lat[rows], fleet.lon[rows], lat, lon) * 1852
    assert (np.abs(off_m.mean(axis=0) - 250) < 101).all()
    assert (np.ptp(off_m, axis=0) < 50).all()
    assert (geodesy.distance_nm(lat[1:], lon[1:], lat[:-1], lon[:-1]) * 1852 < 40).all()
    towards = geodesy.bearing_deg(lat, lon, fleet.lat[rows], fleet.lon[rows])
    bow = np.stack([look["heading"] for look in looks])
    assert (np.abs(geodesy.angle_diff(towards, bow)) < 10).all()
    swung = geodesy.angle_diff(bow, fleet.heading[rows])
    assert (np.ptp(swung, axis=0) > 60).all()
    assert max(int(look["sog"].max()) for look in looks) < 10


@pytest.mark.slow
def test_coverage_has_gaps():
    """Everyone in port is heard nearly always, no one beyond 40 nm from all ports; what lies between fades."""
    coverage = Coverage.of_ports(PortIndex.load())
    world = World(1, 400, NOW)
    reporter, fleet = Reporter(world, 30.0, "itu", coverage), world.fleet
    heard = np.zeros(400, int)
    row_of = {mmsi: row for row, mmsi in enumerate(fleet.mmsi.tolist())}
    for _ in range(3600):
        world.step(1.0)
        for mmsi in position_reports(reporter.due()):
            heard[row_of[mmsi]] += 1
    ports = PortIndex.load()
    off = np.array(
        [geodesy.distance_nm(ports.lat, ports.lon, *at).min() for at in zip(fleet.lat, fleet.lon, strict=True)]
    )
    assert (heard[off < 5] > 5).all()
    assert (heard[off > 75] == 0).all()
    assert 0.3 < np.mean(heard == 0) < 0.8


def test_coverage_falls_with_distance():
    """One station: sure nearby, unsure at the edge, deaf beyond; across the antimeridian and at high latitude too."""
    coverage = Coverage(np.array([0.0, 78.0]), np.array([179.9, 15.0]), np.array([30.0, 20.0]))
    lat, lon = geodesy.destination(0.0, 179.9, np.full(4, 90.0), np.array([5.0, 22.0, 27.0, 34.0]))
    near, inside, edge, beyond = coverage.chance(lat, lon).tolist()
    assert near == inside == pytest.approx(0.97)
    assert 0 < edge < 0.9
    assert beyond == 0
    assert coverage.chance(*geodesy.destination(78.0, 15.0, np.array([90.0]), np.array([10.0]))) > 0.9


def test_vessels_may_join_and_leave():
    """Who joins the fleet reports at once; who is left after a removal keeps its own phase."""
    world = World(1, 20, NOW)
    reporter = Reporter(world, 30.0)
    reporter.keep(np.arange(15))
    joined = position_reports(reporter.due())
    assert joined == world.fleet.mmsi[15:].tolist()


def test_same_seed_same_reports():
    """Two reporters of one seed say the same, digit for digit; another seed says something else."""

    def log(seed):
        world, reported = World(4, 60, NOW), []
        reporter = Reporter(world, 30.0, "itu", seed=seed)
        for _ in range(200):
            world.step(1.0)
            reported += [column.tobytes() for batch in reporter.due() for column in batch.moving.values()]
        return reported

    assert log(1) == log(1)
    assert log(1) != log(2)


def test_a_vessel_may_join_and_another_leave_between_two_reports():
    """A removal succeeds before the first report of a vessel that joined; that vessel reports next."""
    world = World(1, 5, NOW)
    reporter = Reporter(world, 30.0, mode="itu")
    reporter.due()
    staying = np.array([1, 2, 3, 4, 5])
    world.fleet = World(2, 6, NOW).fleet
    reporter.keep(staying)
    world.fleet = World(3, 5, NOW).fleet
    reports = position_reports(reporter.due())
    assert int(world.fleet.mmsi[4]) in reports

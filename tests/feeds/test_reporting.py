"""What is heard of the simulated truth: who reports when, and what."""

import numpy as np

from feeds._reporting import Reporter
from sim.world import World

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


def test_a_change_of_status_or_voyage_is_told_at_once():
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
    """A report is what the vessel is, in the scaled integers of AIS."""
    world = World(1, 50, NOW)
    position, static = Reporter(world, 30.0).everything()
    fleet = world.fleet
    np.testing.assert_allclose(position.moving["lat"] / 600_000, fleet.lat, atol=1e-6)
    np.testing.assert_allclose(position.moving["sog"] / 10, fleet.sog, atol=0.051)
    assert (position.moving["cog"] < 3600).all()
    assert (position.moving["heading"] < 360).all()
    assert position.simulated
    assert static.static["name"][0] == "MV Atlantic Pioneer"
    assert (position.t == NOW * 1000).all()

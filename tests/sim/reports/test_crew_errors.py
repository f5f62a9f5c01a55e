"""What equipment and crews get wrong: instruments that lie, statuses that no one sets; and the yaw."""

import numpy as np

from fairway.chart import geodesy
from fairway.traffic.fields import ROT_NA, U2_NA
from sim.reports import crew_errors
from sim.reports.reporting import Reporter
from sim.world.world import World

NOW = 1_800_000_000.0
SIZE = 3000


def position(mode):
    """A fleet and the report of every vessel."""
    world = World(1, SIZE, NOW)
    return world.fleet, Reporter(world, 30.0, mode).everything()[0].moving


def test_some_crews_forget_their_status():
    """Reports as ITU wants them: a few vessels under way say that they are moored, a tenth at rest the opposite."""
    fleet, said = position("itu")
    wrong, under_way = said["nav_status"] != fleet.nav_status, fleet.nav_status == 0
    assert 0.005 < wrong[under_way].mean() < 0.03
    assert 0.06 < wrong[~under_way].mean() < 0.14
    assert set(said["nav_status"].tolist()) == {0, 1, 5}


def test_crews_notice():
    """Of those that forgot most have noticed a day later, also where nothing else changes; others forget meanwhile."""
    statuses, rng = crew_errors.Statuses(), np.random.default_rng(1)
    truth = np.zeros(SIZE, np.uint8)
    statuses.grow(truth, rng)
    truth[: SIZE // 2] = 5
    statuses.follow(truth, 1.0, rng)
    forgot = np.count_nonzero(statuses.said != truth)
    assert 100 < forgot < 300
    for _ in range(1440):
        statuses.follow(truth, 60.0, rng)
    assert np.count_nonzero(statuses.said != truth) < 0.03 * forgot
    statuses.keep(np.arange(10))
    assert len(statuses.said) == 10


def test_instruments_lack_and_lie():
    """Some have no heading or no rate of turn, most read a rate of 0, few compasses are far out, many courses whole."""
    fleet, said = position("itu")
    sails = fleet.sog > 6
    heading, rot, cog = (said[name][sails] for name in ("heading", "rot", "cog"))
    assert 0.01 < np.mean(heading == U2_NA) < 0.03
    assert 0.07 < np.mean(rot == ROT_NA) < 0.13
    assert 0.4 < np.mean(rot == 0) < 0.8
    assert 60 < np.percentile(np.abs(rot[rot != ROT_NA]), 98) < 300
    off = np.abs(geodesy.angle_diff(heading[heading != U2_NA], fleet.cog[sails][heading != U2_NA]))
    assert 0.02 < np.mean(off > 9) < 0.06
    assert 0.35 < np.mean(cog % 10 == 0) < 0.6


def test_who_reports_by_an_interval_makes_no_mistakes():
    """The guide's reports tell every status, heading and rate of turn."""
    fleet, said = position("interval")
    np.testing.assert_array_equal(said["nav_status"], fleet.nav_status)
    assert (said["heading"] < 360).all()
    assert (said["rot"] != ROT_NA).all()


def test_yaw():
    """The bow swings by a few degrees at most, the rate is how fast it does, small ships swing faster, berths still."""
    fleet = World(1, SIZE, NOW).fleet
    rows = np.arange(SIZE)
    before, at, after = (crew_errors.yaw(fleet, rows, NOW + seconds) for seconds in (-0.05, 0.0, 0.05))
    np.testing.assert_allclose((after[0] - before[0]) * 600, at[1], atol=0.2)
    assert np.abs(at[0]).max() < 3
    assert (at[1][fleet.sog == 0] == 0).all()
    swings = np.abs(at[1][fleet.sog > 8])
    small = fleet.length_m[fleet.sog > 8] < 180
    assert np.percentile(swings[small], 90) > 1.2 * np.percentile(swings[~small], 90) > 3

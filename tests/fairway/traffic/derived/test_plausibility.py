"""Plausibility: impossible values, jumps, and two ships under one MMSI."""

import numpy as np
import pytest

from fairway.traffic import fields
from fairway.traffic.derived.plausibility import REMEMBERED_MS, SILENCE_MS
from tests.support.traffic import NOW, report

SHIP = 211_000_001


def place(traffic, mmsi=SHIP):
    snapshot = traffic.snapshot()
    row = snapshot.find(mmsi=mmsi)
    lat, lon = (snapshot.columns[name][row] / fields.LATLON_SCALE for name in ("lat", "lon"))
    return round(float(lat), 4), round(float(lon), 4)


def doubt(traffic, mmsi=SHIP):
    snapshot = traffic.snapshot()
    return fields.DOUBTS[snapshot.columns["doubt"][snapshot.find(mmsi=mmsi)]]


def announce(traffic, *reports):
    """Reports one after another, each (t, lat, lon), each merged on its own."""
    for t, lat, lon in reports:
        traffic.put(report(SHIP, t=NOW + t, lat=lat, lon=lon))
        traffic.advance(max(NOW + t, traffic.snapshot().now))


@pytest.mark.parametrize(
    ("columns", "reason", "lost"),
    [
        ({"lat": 95.0, "lon": 10.0}, "position", ("lat", "lon")),
        ({"lat": 10.0, "lon": -181.5}, "position", ("lat", "lon")),
        ({"lat": 0.0, "lon": 0.0}, "position", ("lat", "lon")),
        ({"sog": 1022}, "speed", ("sog",)),
        ({"cog": 3601}, "course", ("cog",)),
        ({"heading": 400}, "heading", ("heading",)),
    ],
)
def test_impossible_values(traffic, columns, reason, lost):
    """What cannot be is not known, and counted; the rest of the report stays."""
    traffic.put(report(SHIP, **columns))
    snapshot = traffic.advance(NOW)
    missing = {item.name: item.missing for item in fields.MOVING}
    assert {name for name in missing if snapshot.columns[name][0] == missing[name]} == set(lost)
    assert traffic.dropped[f"receiver: impossible {reason}"] == 1


def test_not_available_is_not_impossible(traffic):
    """A ship that does not know is not counted among the faulty."""
    na = fields.U2_NA
    traffic.put(report(SHIP, lat=91, lon=181, sog=na, cog=na, heading=na))
    traffic.advance(NOW)
    assert [name for name in traffic.dropped if "impossible" in name] == []


def test_the_smallest_number_is_off_the_globe(traffic):
    """-2^31, whose absolute value is itself, is no latitude."""
    batch = report(SHIP)
    batch.moving["lat"] = np.array([-(2**31)], np.int32)
    traffic.put(batch)
    assert traffic.advance(NOW).summary["total_vessels"] == 0


def test_a_jump_is_not_drawn(traffic):
    """One position out of reach changes nothing but the vessel's doubt, which passes."""
    announce(traffic, (0, 50, -20), (10, 50.0005, -20), (20, 51, -20), (30, 50.0015, -20))
    assert place(traffic) == (50.0015, -20.0)
    assert doubt(traffic) == "jump"
    assert traffic.dropped["implausible jump"] == 1
    assert traffic.track(SHIP)["lat"].max() < 50.01
    late = 30 + REMEMBERED_MS / 1000
    announce(traffic, (late, 50.0015, -20))
    assert doubt(traffic) == ""


def test_the_doubt_shows_at_once(traffic):
    """Consumers see the doubt with the report that raised it."""
    announce(traffic, (0, 50, -20), (10, 50, -20))
    seen = traffic.snapshot().seq
    announce(traffic, (20, 60, -20))
    assert doubt(traffic) == "jump"
    assert traffic.snapshot().changed_since(seen).tolist() == [0]


def test_two_ships_under_one_mmsi(traffic):
    """The first stays, however often the other speaks in between; both together are a doubt of its own."""
    for step in range(0, 300, 10):
        announce(traffic, (step, 50 + step / 1e5, -20), (step + 3, 10, 100), (step + 6, 10, 100))
    assert place(traffic) == (50.0029, -20.0)
    assert doubt(traffic) == "shared_mmsi"
    assert np.abs(np.diff(traffic.track(SHIP)["lat"])).max(initial=0) < 0.01


def test_the_second_ship_takes_over_when_the_first_falls_silent(traffic):
    """If only one of the two ships still reports, its position is accepted, and its track starts again."""
    announce(traffic, *((step, 50, -20) for step in range(0, 100, 10)))
    silent = 90 + SILENCE_MS / 1000
    announce(traffic, (silent - 30, 10, 100), (silent - 20, 10, 100), (silent - 10, 10, 100))
    assert place(traffic) == (50.0, -20.0)
    announce(traffic, (silent + 1, 10, 100))
    assert place(traffic) == (10.0, 100.0)
    assert traffic.track(SHIP)["lat"].tolist() == [10.0]
    announce(traffic, (silent + 10, 50, -20), (silent + 20, 10, 100))
    assert place(traffic) == (10.0, 100.0)


def test_a_wrong_first_position_does_not_stick(traffic):
    """Three positions that agree with each other win over one that nothing confirmed."""
    announce(traffic, (0, 1, 1), (10, 50, -20), (20, 50, -20))
    assert place(traffic) == (1.0, 1.0)
    announce(traffic, (30, 50, -20))
    assert place(traffic) == (50.0, -20.0)


def test_far_apart_in_time_is_no_jump(traffic):
    """Ten hours later a ship may be anywhere within reach; the antimeridian is no obstacle."""
    announce(traffic, (0, 10, 179.995), (10, 10, -179.998), (3000, 10.3, -179.5))
    assert place(traffic) == (10.3, -179.5)
    assert traffic.dropped["implausible jump"] == 0


def test_doubts_before_positions(traffic):
    """A vessel without a position, in a row beyond those that were ever judged, is in no doubt."""
    announce(traffic, (0, 50, -20), (10, 60, -20))
    traffic.put(report(np.arange(1, 500), t=NOW + 11, lat=91, lon=181))
    snapshot = traffic.advance(NOW + 11)
    assert np.count_nonzero(snapshot.columns["doubt"]) == 1

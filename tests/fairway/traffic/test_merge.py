"""Merging what real receivers send: duplicates, late reports, several sources."""

import numpy as np
import pytest

from fairway.traffic import fields
from fairway.traffic.batch import Batch
from tests.support.traffic import NOW, report, static

SHIP = 211_000_001


def place(traffic, mmsi=SHIP):
    snapshot = traffic.snapshot()
    row = snapshot.find(mmsi=mmsi)
    lat, lon = (snapshot.columns[name][row] / fields.LATLON_SCALE for name in ("lat", "lon"))
    return round(float(lat), 4), round(float(lon), 4)


def announce(traffic, *reports):
    """Reports one after another, each (t, lat, lon), each merged on its own."""
    for t, lat, lon in reports:
        traffic.put(report(SHIP, t=NOW + t, lat=lat, lon=lon))
        traffic.advance(max(NOW + t, traffic.snapshot().now))


def test_latecomers_enter_the_track(traffic):
    """Late and disordered reports stand in the track in the order of time, and never in the place of newer ones."""
    turns = [(0, 50, -20), (600, 50.02, -20), (1200, 50.02, -20.05), (1800, 50.05, -20.05), (2400, 50.05, -20)]
    for at in (0, 4, 2, 1, 3):
        announce(traffic, turns[at])
    track = traffic.track(SHIP)
    assert (track["t"] / 1000 - NOW).tolist() == [0, 600, 1200, 1800, 2400]
    assert track["lat"].round(4).tolist() == [lat for _, lat, _ in turns]
    assert place(traffic) == (50.05, -20.0)
    assert traffic.dropped["late, in the track: kept"] == 3


def test_latecomers_that_add_nothing(traffic):
    """A late copy, and a late place that no ship could have been at, stay out of the track."""
    announce(traffic, (0, 50, -20), (600, 50.02, -20))
    announce(traffic, (5, 50, -20), (300, 50.0, -19.9988), (300, 70, -20), (-2 * 86400, 50, -20))
    counted = {name: n for name, n in traffic.dropped.items() if name.startswith("late") and n}
    assert counted == {
        "late, in the track: duplicate": 1,
        "late, in the track: kept": 1,
        "late, in the track: implausible": 1,
    }
    assert len(traffic.track(SHIP)["t"]) == 3


def test_reports_of_one_vessel_in_one_batch(traffic):
    """All of them enter the track; the newest is the state."""
    t, lat = np.array([2400, 0, 1200, 600, 1800]), np.array([50.12, 50.0, 50.06, 50.03, 50.09])
    traffic.put(report([SHIP] * 5, t=NOW + t, lat=lat, lon=-20))
    traffic.advance(NOW + 2400)
    assert place(traffic) == (50.12, -20.0)
    assert (traffic.track(SHIP)["t"] / 1000 - NOW).tolist() == [0, 600, 1200, 1800, 2400]


def test_the_same_from_another_source(traffic):
    """What a second feed hears of the same transmission counts once; a new one counts, and names its source."""
    traffic.put(report(SHIP, source="terrestrial"))
    traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 2, source="satellite"))
    traffic.put(report(SHIP, t=NOW, source="satellite"))
    snapshot = traffic.advance(NOW + 2)
    assert (snapshot.columns["t"][0], traffic.dropped["duplicate"]) == (NOW * 1000, 2)
    traffic.put(report(SHIP, t=NOW + 3, sog=60, source="satellite"))
    snapshot = traffic.advance(NOW + 3)
    assert snapshot.sources[snapshot.columns["source"][0]] == "satellite"


def test_a_moored_ship_stays_alive_through_another_source(traffic):
    """Half a minute later the same values are a new report."""
    traffic.put(report(SHIP, source="terrestrial"))
    traffic.put(report(SHIP, t=NOW + 31, source="satellite"))
    assert traffic.advance(NOW + 31).columns["t"][0] == (NOW + 31) * 1000


@pytest.mark.parametrize("first", ["simulator", "receiver"])
def test_the_real_one_wins(traffic, first):
    """A simulated vessel under a real one's MMSI goes, with its track and voyage, and does not come back."""
    simulated = (
        report(SHIP, source="simulator", simulated=True, lat=1),
        Batch(
            np.array([SHIP], np.uint32),
            np.array([round(NOW * 1000)]),
            "simulator",
            True,
            {},
            {"route": [2], "name": ["MV X"]},
        ),
    )
    real = (report(SHIP, t=NOW - 1, lat=50),)
    for batch in (*simulated, *real) if first == "simulator" else (*real, *simulated):
        traffic.put(batch)
    traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 1, source="simulator", simulated=True, lat=1))
    snapshot = traffic.advance(NOW + 1)
    row = snapshot.find(mmsi=SHIP)
    assert place(traffic) == (50.0, -20.0)
    assert snapshot.sources[snapshot.columns["source"][row]] == "receiver"
    assert (snapshot.static_columns["route"][row], snapshot.static_columns["name"][row]) == (-1, "")
    assert traffic.track(SHIP)["lat"].tolist() == [50.0]
    assert snapshot.summary["total_vessels"] == 1
    assert traffic.dropped["simulated under a real vessel's MMSI"] >= 1


def test_two_static_reports_of_one_moment(traffic):
    """A class B vessel's name and call sign come in two messages, often in the same second."""
    traffic.put(static(SHIP, name="REEL WORTHLESS"))
    traffic.put(static(SHIP, callsign="WDC1234"))
    columns = traffic.advance(NOW).static_columns
    assert (columns["name"][0], columns["callsign"][0]) == ("REEL WORTHLESS", "WDC1234")


def test_what_is_no_vessel_makes_no_row(traffic):
    """Base stations and the like pass by."""
    nothing = Batch(np.array([2_320_000], np.uint32), np.array([1]), "receiver", False, {}, {}, sentences=[b"!AIVDM"])
    traffic.put(nothing)
    snapshot = traffic.advance(NOW)
    assert len(snapshot.columns["mmsi"]) == 0
    assert traffic.reports["receiver"] == 0


def test_static_data_are_news_with_the_first_position(traffic):
    """A vessel's name is sent again with its first position, when it enters the lists."""
    traffic.put(static(SHIP, name="ENDEAVOUR"))
    before = traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 1))
    after = traffic.advance(NOW + 1)
    assert after.static_columns["static_seq"][0] == after.static_seq == after.seq > before.seq

"""Merging what real receivers give: duplicates, latecomers, impossible values, jumps, two ships under one MMSI."""

import numpy as np
import pytest

from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.derived.plausibility import REMEMBERED_MS, SILENCE_MS
from tests.support.traffic import NOW, report, static

SHIP = 211_000_001


def place(traffic, mmsi=SHIP):
    snapshot = traffic.snapshot()
    row = snapshot.find(mmsi=mmsi)
    lat, lon = (snapshot.columns[name][row] / fields.LATLON_SCALE for name in ("lat", "lon"))
    return round(float(lat), 4), round(float(lon), 4)


def doubt(traffic, mmsi=SHIP):
    snapshot = traffic.snapshot()
    return fields.DOUBTS[snapshot.columns["doubt"][snapshot.find(mmsi=mmsi)]]


def tell(traffic, *reports):
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
    tell(traffic, (0, 50, -20), (10, 50.0005, -20), (20, 51, -20), (30, 50.0015, -20))
    assert place(traffic) == (50.0015, -20.0)
    assert doubt(traffic) == "jump"
    assert traffic.dropped["implausible jump"] == 1
    assert traffic.track(SHIP)["lat"].max() < 50.01
    late = 30 + REMEMBERED_MS / 1000
    tell(traffic, (late, 50.0015, -20))
    assert doubt(traffic) == ""


def test_the_doubt_shows_at_once(traffic):
    """Consumers see the doubt with the report that raised it."""
    tell(traffic, (0, 50, -20), (10, 50, -20))
    seen = traffic.snapshot().seq
    tell(traffic, (20, 60, -20))
    assert doubt(traffic) == "jump"
    assert traffic.snapshot().changed_since(seen).tolist() == [0]


def test_two_ships_under_one_mmsi(traffic):
    """The first stays, however often the other speaks in between; both together are a doubt of its own."""
    for step in range(0, 300, 10):
        tell(traffic, (step, 50 + step / 1e5, -20), (step + 3, 10, 100), (step + 6, 10, 100))
    assert place(traffic) == (50.0029, -20.0)
    assert doubt(traffic) == "shared_mmsi"
    assert np.abs(np.diff(traffic.track(SHIP)["lat"])).max(initial=0) < 0.01


def test_the_second_ship_takes_over_when_the_first_falls_silent(traffic):
    """When only one of the two is heard any more, it is that one that is drawn; its track begins anew."""
    tell(traffic, *((step, 50, -20) for step in range(0, 100, 10)))
    silent = 90 + SILENCE_MS / 1000
    tell(traffic, (silent - 30, 10, 100), (silent - 20, 10, 100), (silent - 10, 10, 100))
    assert place(traffic) == (50.0, -20.0)
    tell(traffic, (silent + 1, 10, 100))
    assert place(traffic) == (10.0, 100.0)
    assert traffic.track(SHIP)["lat"].tolist() == [10.0]
    tell(traffic, (silent + 10, 50, -20), (silent + 20, 10, 100))
    assert place(traffic) == (10.0, 100.0)


def test_a_wrong_first_position_does_not_stick(traffic):
    """Three positions that agree with each other win over one that nothing confirmed."""
    tell(traffic, (0, 1, 1), (10, 50, -20), (20, 50, -20))
    assert place(traffic) == (1.0, 1.0)
    tell(traffic, (30, 50, -20))
    assert place(traffic) == (50.0, -20.0)


def test_far_apart_in_time_is_no_jump(traffic):
    """Ten hours later a ship may be anywhere within reach; the antimeridian is no obstacle."""
    tell(traffic, (0, 10, 179.995), (10, 10, -179.998), (3000, 10.3, -179.5))
    assert place(traffic) == (10.3, -179.5)
    assert traffic.dropped["implausible jump"] == 0


def test_latecomers_enter_the_track(traffic):
    """Late and disordered reports stand in the track in the order of time, and never in the place of newer ones."""
    turns = [(0, 50, -20), (600, 50.02, -20), (1200, 50.02, -20.05), (1800, 50.05, -20.05), (2400, 50.05, -20)]
    for at in (0, 4, 2, 1, 3):
        tell(traffic, turns[at])
    track = traffic.track(SHIP)
    assert (track["t"] / 1000 - NOW).tolist() == [0, 600, 1200, 1800, 2400]
    assert track["lat"].round(4).tolist() == [lat for _, lat, _ in turns]
    assert place(traffic) == (50.05, -20.0)
    assert traffic.dropped["late, in the track: kept"] == 3


def test_latecomers_that_add_nothing(traffic):
    """A late copy, and a late place that no ship could have been at, stay out of the track."""
    tell(traffic, (0, 50, -20), (600, 50.02, -20))
    tell(traffic, (5, 50, -20), (300, 50.0, -19.9988), (300, 70, -20), (-2 * 86400, 50, -20))
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
    made_up = (
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
    for batch in (*made_up, *real) if first == "simulator" else (*real, *made_up):
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


def test_the_flag_is_that_of_the_mmsi(traffic):
    """The first three digits are a country's; a MID that no country has is none."""
    traffic.put(report([211_000_001, 477_000_001, 740_000_001, 700_000_001]))
    snapshot = traffic.advance(NOW)
    flags = dict(zip(snapshot.columns["mmsi"].tolist(), snapshot.static_columns["flag"].tolist(), strict=True))
    assert flags == {211_000_001: "DE", 477_000_001: "HK", 740_000_001: "FK", 700_000_001: ""}


def test_static_data_are_news_with_the_first_position(traffic):
    """Who saw the vessel's name when it was in no list must get it again when the vessel enters."""
    traffic.put(static(SHIP, name="ENDEAVOUR"))
    before = traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 1))
    after = traffic.advance(NOW + 1)
    assert after.static_columns["static_seq"][0] == after.static_seq == after.seq > before.seq


def test_doubts_before_positions(traffic):
    """A vessel without a position, in a row beyond those that were ever judged, is in no doubt."""
    tell(traffic, (0, 50, -20), (10, 60, -20))
    traffic.put(report(np.arange(1, 500), t=NOW + 11, lat=91, lon=181))
    snapshot = traffic.advance(NOW + 11)
    assert np.count_nonzero(snapshot.columns["doubt"]) == 1

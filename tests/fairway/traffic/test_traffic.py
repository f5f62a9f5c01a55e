"""Traffic: what becomes of reports."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.protocol.encode_json import particulars
from fairway.traffic import fields
from fairway.traffic.removals import REASONS
from fairway.traffic.traffic import Traffic
from tests.support.traffic import NOW, report, static

SHIP = 211_000_001


def state(traffic, *names):
    """Values of the moving columns, row by row, in the order of MMSI."""
    columns = traffic.snapshot().columns
    order = np.argsort(columns["mmsi"])
    return [tuple(int(columns[name][row]) for name in ("mmsi", "t", *names)) for row in order]


def test_reports_count_from_the_next_advance(traffic):
    """A batch changes nothing until it is merged; then one seq has gone by."""
    before = traffic.snapshot()
    traffic.put(report([1, 2, 3]))
    assert traffic.snapshot() is before
    after = traffic.advance(NOW + 1)
    assert (after.seq, after.summary["total_vessels"]) == (before.seq + 1, 3)


def test_nothing_new_is_no_new_snapshot(traffic):
    """An advance without reports keeps seq and snapshot."""
    before = traffic.advance(NOW)
    assert traffic.advance(NOW + 5) is before


def test_the_newest_event_wins(traffic):
    """Event time orders reports, whatever their order of arrival, within a batch and across batches."""
    traffic.put(report([SHIP, SHIP, SHIP], t=[NOW - 3, NOW - 1, NOW - 2], sog=[10, 20, 30]))
    traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW - 2, sog=40))
    traffic.advance(NOW)
    assert state(traffic, "sog") == [(SHIP, (NOW - 1) * 1000, 20)]
    assert traffic.dropped["older than known"] == 1


reports_of_three = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 50), st.integers(0, 1022)),
    max_size=30,
    unique_by=lambda item: (item[0], item[1]),
)


@settings(deadline=None)
@given(reports_of_three, st.randoms(use_true_random=False), st.integers(1, 5))
def test_order_of_arrival_does_not_matter(ports, reports, shuffled, batches):
    """Any order and any cutting into batches ends in the same state, and merging twice is merging once."""

    def merged(listed):
        traffic = Traffic(ports, lambda: "e")
        traffic.advance(NOW)
        for part in (listed[at::batches] for at in range(batches)):
            mmsi, age, sog = zip(*part, strict=True) if part else ((), (), ())
            traffic.put(report(np.array(mmsi), t=NOW - np.array(age, float), sog=np.array(sog)))
            traffic.advance(NOW)
        return state(traffic, "sog")

    other = list(reports)
    shuffled.shuffle(other)
    assert merged(reports) == merged(other) == merged(reports + other)


def test_from_the_future(traffic):
    """A report more than 60 s ahead of the clock is dropped and counted; the rest of its batch stays."""
    traffic.put(report([SHIP, SHIP], t=[NOW + 61, NOW - 1], sog=[99, 5]))
    traffic.advance(NOW)
    assert state(traffic, "sog") == [(SHIP, (NOW - 1) * 1000, 5)]
    assert traffic.dropped["in the future"] == 1
    traffic.put(report(SHIP, t=NOW + 60, sog=6))
    traffic.advance(NOW)
    assert state(traffic, "sog")[0][2] == 6


def test_static_before_position(traffic):
    """A vessel that has only told its name is known, and neither listed nor counted."""
    traffic.put(static(SHIP, name="ENDEAVOUR", imo=9074729))
    snapshot = traffic.advance(NOW)
    assert snapshot.summary["total_vessels"] == 0
    assert len(snapshot.changed_since(0)) == 0
    assert particulars(snapshot, SHIP)["vessel_name"] == "ENDEAVOUR"
    traffic.put(report(SHIP))
    snapshot = traffic.advance(NOW + 1)
    assert snapshot.summary["total_vessels"] == 1
    assert particulars(snapshot, SHIP)["imo_number"] == "IMO9074729"


def test_older_static_is_dropped(traffic):
    """A late static report does not bring an old destination back."""
    traffic.put(static(SHIP, t=NOW, destination="ROTTERDAM"))
    traffic.advance(NOW)
    traffic.put(static(SHIP, t=NOW - 60, destination="HAMBURG"))
    assert particulars(traffic.advance(NOW), SHIP)["destination"] == "ROTTERDAM"


def test_static_change_is_an_update(traffic):
    """A new name reaches those who have already seen the position."""
    traffic.put(report(SHIP))
    seen = traffic.advance(NOW).seq
    traffic.put(static(SHIP, name="ENDEAVOUR"))
    assert traffic.advance(NOW + 1).changed_since(seen).tolist() == [0]


def test_an_unknown_position_keeps_the_last(traffic):
    """A report without a position changes speed and leaves the place."""
    traffic.put(report(SHIP, lat=51.5, lon=3.0))
    traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 5, lat=91, lon=181, sog=7))
    row = particulars(traffic.advance(NOW + 5), SHIP)
    assert (row["position"]["latitude"], row["kinematics"]["speed_over_ground"]) == (51.5, 0.7)


def test_silence(traffic):
    """After an hour of silence a vessel is gone, one heard since is not; the rows nobody saw serve the next."""
    traffic.put(report([1, 2]))
    traffic.put(static(3, name="NAME ONLY"))
    traffic.advance(NOW)
    traffic.put(report(2, t=NOW + 3000))
    traffic.advance(NOW + 3000)
    after = traffic.advance(NOW + 3601)
    assert after.columns["mmsi"][after.columns["mmsi"] > 0].tolist() == [2]
    assert after.find(mmsi=1) is None
    traffic.put(report(4, t=NOW + 3601))
    traffic.put(report(5, t=NOW + 3601))
    again = traffic.advance(NOW + 3602)
    assert len(again.columns["mmsi"]) == 4
    assert traffic.track(4)["t"].tolist() == [(NOW + 3601) * 1000]
    assert particulars(again, 4)["vessel_name"] is None


def removed(snapshot, since=0):
    """MMSI and reason of what left after a seq."""
    return [(int(entry["mmsi"]), REASONS[entry["reason"]]) for entry in snapshot.removals.since(since)]


def test_removals_are_told(traffic):
    """Who left is told by MMSI and reason, to those who were there before; who was never placed is not told."""
    traffic.put(report([1, 2]))
    traffic.put(static(3, name="NAME ONLY"))
    before = traffic.advance(NOW)
    traffic.delete([2, 3, 99])
    after = traffic.advance(NOW + 1)
    assert (after.seq, after.summary["total_vessels"]) == (before.seq + 1, 1)
    assert removed(after, before.seq) == [(2, "deleted")]
    assert removed(traffic.advance(NOW + 3601)) == [(2, "deleted"), (1, "lost")]
    assert removed(traffic.snapshot(), traffic.snapshot().seq) == []


def test_deleted_and_heard_again(traffic):
    """Deletions keep their place among the reports: what is heard afterwards is a vessel again, on another row."""
    traffic.put(report(1))
    first = traffic.advance(NOW)
    traffic.delete([1])
    traffic.put(report(1, t=NOW + 1))
    second = traffic.advance(NOW + 1)
    assert removed(second) == [(1, "deleted")]
    assert second.summary["total_vessels"] == 1
    assert second.find(mmsi=1) != first.find(mmsi=1)


def test_a_row_rests_until_its_tombstone_is_forgotten(ports):
    """With room for two tombstones the first removed row is free after the third removal, and the ring's reach ends."""
    traffic = Traffic(ports, lambda: "e", tombstones=2)
    traffic.advance(NOW)
    traffic.put(report([1, 2, 3, 4]))
    traffic.advance(NOW)
    rows = {}
    for mmsi in (1, 2, 3):
        rows[mmsi] = traffic.snapshot().find(mmsi=mmsi)
        traffic.delete([mmsi])
        traffic.put(report(100 + mmsi))
        traffic.advance(NOW)
    snapshot = traffic.snapshot()
    assert snapshot.removals.forgotten == snapshot.seq - 2
    assert snapshot.reaches("e", snapshot.seq - 2)
    assert not snapshot.reaches("e", snapshot.seq - 3)
    assert not snapshot.reaches("e", snapshot.seq + 1)
    assert not snapshot.reaches("other", snapshot.seq)
    assert snapshot.find(mmsi=103) == rows[1]
    assert snapshot.find(mmsi=102) == 5


def test_static_data_have_a_seq_of_their_own(traffic):
    """A static report that repeats what is known changes nothing; a new value or source marks its row."""
    traffic.put(report([1, 2]))
    traffic.put(static(1, name="ENDEAVOUR"))
    first = traffic.advance(NOW)
    traffic.put(static(1, t=NOW + 1, name="ENDEAVOUR"))
    assert traffic.advance(NOW + 1) is first
    traffic.put(report([1, 2], t=NOW + 2))
    second = traffic.advance(NOW + 2)
    assert second.static_seq == first.static_seq == first.seq
    assert second.static_columns is first.static_columns
    traffic.put(static(1, t=NOW + 3, name="ENDURANCE"))
    traffic.put(report(2, t=NOW + 3, sog=50, source="another"))
    third = traffic.advance(NOW + 3)
    assert third.static_seq == third.seq
    traffic.put(report(1, t=NOW + 4))
    assert traffic.advance(NOW + 4).static_columns["static_seq"].tolist() == [third.seq, third.seq]


def test_a_first_position_renews_static_data(traffic):
    """Who told its name before its position is new to all who read the list: its name goes out with the position."""
    traffic.put(static(1, name="ENDEAVOUR"))
    traffic.advance(NOW)
    traffic.put(report(1, lat=91, lon=181))
    traffic.advance(NOW)
    traffic.put(report(1, t=NOW + 1))
    snapshot = traffic.advance(NOW + 1)
    assert snapshot.static_columns["static_seq"].tolist() == [snapshot.seq]


def test_the_clock_was_set_back(traffic):
    """A step back empties Traffic and begins a new epoch with seq from the start."""
    traffic.put(report([1, 2]))
    before = traffic.advance(NOW + 10)
    after = traffic.advance(NOW - 100)
    assert after.epoch != before.epoch
    assert (after.seq, after.summary["total_vessels"]) == (0, 0)
    traffic.put(report(1, t=NOW - 100))
    assert traffic.advance(NOW - 100).summary["total_vessels"] == 1


def test_snapshots_do_not_change(traffic):
    """What a reader holds stays as it was."""
    traffic.put(report(SHIP, sog=50))
    held = traffic.advance(NOW)
    traffic.put(report(SHIP, t=NOW + 1, sog=60))
    traffic.put(static(SHIP, t=NOW + 1, name="NEW"))
    traffic.advance(NOW + 1)
    assert held.columns["sog"].tolist() == [50]
    assert held.static_columns["name"].tolist() == [""]


def test_growth_keeps_everything(traffic):
    """Ten thousand vessels in two batches are all there, with their own values."""
    mmsi = np.arange(1, 10_001)
    traffic.put(report(mmsi[:100], sog=mmsi[:100] % 800))
    traffic.put(report(mmsi[100:], sog=mmsi[100:] % 800))
    columns = traffic.advance(NOW).columns
    assert (columns["sog"] == columns["mmsi"] % 800).all()
    assert sorted(columns["mmsi"].tolist()) == mmsi.tolist()


@pytest.mark.parametrize(
    ("place", "nav_status", "sog", "status", "port"),
    [
        ("berth", 5, 0, "in_port", True),
        ("berth", 0, 3, "in_port", True),
        ("berth", 15, 0, "in_port", True),
        ("berth", 0, 80, "at_sea", False),
        ("anchorage", 1, 2, "anchored", True),
        ("ocean", 1, 0, "anchored", False),
        ("ocean", 5, 0, "in_port", False),
        ("ocean", 0, 0, "at_sea", False),
        ("berth", 15, fields.U2_NA, "at_sea", False),
    ],
)
def test_status(traffic, ports, place, nav_status, sog, status, port):
    """Moored, or at rest within a port: in_port. At anchor: anchored. Everything else: at_sea."""
    rotterdam = ports.names.index("Rotterdam")
    lat, lon = (45.0, -30.0) if place == "ocean" else (ports.lat[rotterdam], ports.lon[rotterdam])
    traffic.put(report(SHIP, lat=lat, lon=lon, sog=sog, nav_status=nav_status))
    row = particulars(traffic.advance(NOW), SHIP)
    assert row["status"] == status
    assert row["position"]["port_name"] == ("Rotterdam" if port else None)
    assert row["position"]["country"] == ("Netherlands" if port else None)

"""Traffic: what happens to reports between `put` and the Snapshot."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.protocol.encode_json import particulars
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
    """A vessel that has reported only its name can be found, but is neither listed nor counted."""
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
    """A new name reaches clients that have the position already."""
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
    """After an hour of silence a vessel is removed, unless it reported; a row that no client saw is used again."""
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


def test_removals_are_reported(traffic):
    """A removal has MMSI and reason for earlier cursors; a vessel that never had a position is not announced."""
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

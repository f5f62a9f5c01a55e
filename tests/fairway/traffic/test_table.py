"""VesselTable: rows are created, used again and copied, static data only when they change."""

import numpy as np

from fairway.traffic.traffic import Traffic
from tests.support.traffic import NOW, report, static


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
    """The static data of a vessel that reported its name before its position are sent with the first position."""
    traffic.put(static(1, name="ENDEAVOUR"))
    traffic.advance(NOW)
    traffic.put(report(1, lat=91, lon=181))
    traffic.advance(NOW)
    traffic.put(report(1, t=NOW + 1))
    snapshot = traffic.advance(NOW + 1)
    assert snapshot.static_columns["static_seq"].tolist() == [snapshot.seq]


def test_growth_keeps_everything(traffic):
    """Ten thousand vessels in two batches are all there, with their own values."""
    mmsi = np.arange(1, 10_001)
    traffic.put(report(mmsi[:100], sog=mmsi[:100] % 800))
    traffic.put(report(mmsi[100:], sog=mmsi[100:] % 800))
    columns = traffic.advance(NOW).columns
    assert (columns["sog"] == columns["mmsi"] % 800).all()
    assert sorted(columns["mmsi"].tolist()) == mmsi.tolist()

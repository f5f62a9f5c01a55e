"""Snapshot: the queries of its consumers, and what they share."""

from fairway.traffic.snapshot import MAX_KEPT
from tests.support.traffic import NOW, report, static


def test_keep_computes_once_per_key(traffic):
    """Consumers of one key share one result, also if it is computed for the second one."""
    snapshot, calls = traffic.snapshot(), []

    def make():
        calls.append(1)
        return [len(calls)]

    assert snapshot.keep("a", make) is snapshot.keep("a", make)
    assert snapshot.keep("b", make) == [2]


def test_keep_is_bounded(traffic):
    """Beyond MAX_KEPT results the oldest is computed again."""
    snapshot = traffic.snapshot()
    for number in range(MAX_KEPT + 1):
        snapshot.keep(number, lambda number=number: [number])
    assert snapshot.keep(0, lambda: ["again"]) == ["again"]
    assert snapshot.keep(MAX_KEPT, lambda: ["again"]) == [MAX_KEPT]


def test_find_by_mmsi_and_imo(traffic):
    """A vessel is found by either number, also without a position; unknown and zero numbers are not."""
    traffic.put(report(1))
    traffic.put(static(2, imo=9074729))
    snapshot = traffic.advance(NOW)
    assert snapshot.columns["mmsi"][snapshot.find(mmsi=1)] == 1
    assert snapshot.columns["mmsi"][snapshot.find(imo=9074729)] == 2
    assert (snapshot.find(mmsi=3), snapshot.find(mmsi=0), snapshot.find(imo=0), snapshot.find()) == (None,) * 4


def test_summary_counts_positioned_vessels(traffic):
    """Vessels without a position are in no count."""
    traffic.put(report([1, 2]))
    traffic.put(static(3, name="UNSEEN"))
    summary = traffic.advance(NOW).summary
    assert (summary["total_vessels"], summary["status_distribution"]["at_sea"]) == (2, 2)
    assert summary["type_distribution"] == {"other": 2}


def test_changed_since_a_cursor(traffic):
    """Rows with a position that changed after the cursor; a cursor of another epoch cannot be resumed."""
    traffic.put(report([1, 2]))
    first = traffic.advance(NOW)
    traffic.put(report(2, t=NOW + 1))
    second = traffic.advance(NOW + 1)
    assert second.changed_since(0).tolist() == [0, 1]
    assert second.changed_since(first.seq).tolist() == [1]
    assert second.changes(first.seq)["mmsi"].tolist() == [2]
    assert second.reaches(first.epoch, first.seq)
    assert not second.reaches("other", first.seq)
    assert not first.reaches(first.epoch, second.seq)

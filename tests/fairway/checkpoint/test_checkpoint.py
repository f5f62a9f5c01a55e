"""Checkpoint: records that add up to the state of a Traffic."""

import shutil

import numpy as np
import pytest

from fairway.alerts.event_log import SKIPPED_AFTER_CRASH
from fairway.checkpoint import checkpoint, writer
from fairway.traffic.tracks import CHUNK, MAX_CHUNKS_OF_A_VESSEL
from tests.support.checkpoints import PORTS, Server, same, sea
from tests.support.traffic import NOW, report


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


@pytest.mark.parametrize("seed", range(4))
def test_a_restored_traffic_is_the_one_that_went_on(path, tmp_path, seed, monkeypatch):
    """After any reports, removals and checkpoints both are the same, and stay so; compacted often or never."""
    monkeypatch.setattr(writer, "MIN_COMPACT_BYTES", 3000 if seed % 2 else 10**9)
    rng = np.random.default_rng(seed)
    server = Server(path)
    for _ in range(120):
        server.put(*sea(rng, server), after=float(rng.choice([0.25, 1.0, 5.0, 90.0])))
        if rng.random() < 0.2:
            server.traffic.delete(server.traffic.snapshot().columns["mmsi"][:2].tolist())
        if rng.random() < 0.5:
            assert server.writer.attempt() >= writer.EVERY_S
            assert server.writer.status()["problem"] is None
    server.writer.attempt()
    shutil.copy(path, tmp_path / "copy.db")
    shutil.copy(f"{path}-wal", tmp_path / "copy.db-wal")
    other = Server(tmp_path / "copy.db", server.now, epoch="second")
    other.writer.restore(None)
    same(server, other)
    assert other.traffic.snapshot().epoch == "first"
    assert other.events.since(0)[0] == server.events.since(0)[0]
    for _ in range(40):
        batches, after = sea(rng, server), float(rng.choice([1.0, 30.0]))
        for each in (server, other):
            each.put(*batches, after=after)
        other.writer.attempt()
    same(server, other, seqs=False)
    third = other.succeeded_by(tmp_path / "copy.db", after=0.0)
    same(other, third)


def test_seqs_are_never_used_again(path):
    """After each restart a saved cursor resumes, and one that was published but not saved gets a snapshot."""
    server = Server(path)
    server.put(report([200_000_001, 200_000_002]))
    server.writer.attempt()
    stored = server.traffic.snapshot().seq
    lost = server.put(report(200_000_001, server.now + 1)).seq
    other = server.succeeded_by(path)
    snapshot = other.traffic.snapshot()
    assert snapshot.epoch == "first"
    assert snapshot.reaches("first", stored)
    assert not snapshot.reaches("first", lost)
    assert snapshot.seq > lost + SKIPPED_AFTER_CRASH - 10
    assert snapshot.reaches("first", snapshot.seq)
    assert snapshot.changed_since(stored).tolist() == []
    newer = other.put(report(200_000_002, other.now + 1))
    assert newer.changed_since(stored).tolist() == [1]
    assert newer.seq == snapshot.seq + 1
    third = other.succeeded_by(path).traffic.snapshot()
    assert third.seq > newer.seq
    for seq, known in ((stored, True), (lost, False), (snapshot.seq, False), (newer.seq, False), (third.seq, True)):
        assert third.reaches("first", seq) == known


def test_alerts_are_back_and_not_reported_twice(path):
    """A restored alert is cleared under its id and stays acknowledged; skipped numbers do not count as missed."""
    server = Server(path)
    server.put(report(200_000_001, lat=40.0, lon=-30.0, sog=250))
    server.put(report(200_000_001, server.now + 1, lat=40.0, lon=-30.0, sog=250))
    (raised,), _ = server.events.since(0)
    server.events.acknowledge([raised.event_id])
    server.writer.attempt()
    other = server.succeeded_by(path)
    assert other.events.acknowledged == [raised.event_id]
    other.put(report(200_000_001, other.now + 1, lat=40.0, lon=-30.0, sog=250))
    assert other.events.since(raised.seq) == ((), 0)
    other.put(report(200_000_001, other.now + 1, lat=40.0, lon=-30.0, sog=100))
    (cleared,), missed = other.events.since(raised.seq)
    assert (cleared.state, cleared.event_id, missed) == ("cleared", raised.event_id, 0)
    assert cleared.seq > raised.seq + 1


def test_ages_are_true_and_the_silent_leave(path):
    """What is expired by now leaves at once, with its reason; the others are as old as they are."""
    server = Server(path)
    server.put(report(200_000_001), report(200_000_002, NOW + 3000), after=3000)
    server.writer.attempt()
    cursor = server.traffic.snapshot().seq
    other = server.succeeded_by(path, after=1000)
    snapshot = other.put(after=0)
    assert snapshot.columns["mmsi"][snapshot.positioned].tolist() == [200_000_002]
    assert snapshot.columns["t"][1] == (NOW + 3000) * 1000
    assert snapshot.removals.since(cursor)["mmsi"].tolist() == [200_000_001]


def test_doubts_are_back(path):
    """A vessel that was in doubt is still: its jump is not believed after the restart either."""
    server = Server(path)
    for second in range(4):
        server.put(report(200_000_001, NOW + second, lat=40.0))
    server.put(report(200_000_001, NOW + 4, lat=45.0))
    server.writer.attempt()
    other = server.succeeded_by(path)
    for second in (5, 6):
        snapshot = other.put(report(200_000_001, NOW + second, lat=45.0))
    assert snapshot.columns["lat"].tolist() == [40 * 600_000]
    assert snapshot.columns["doubt"].tolist() == [2]


def test_long_tracks(path, monkeypatch):
    """A track that lost its oldest chunks is the same afterwards, read from one step or from many."""
    monkeypatch.setattr(writer, "MIN_COMPACT_BYTES", 10_000)
    server = Server(path)
    for turn in range(CHUNK * (MAX_CHUNKS_OF_A_VESSEL + 2)):
        server.put(report(200_000_001, NOW + 60 * turn, lat=40 + 0.01 * (turn % 2), sog=0), after=60)
        if turn % 10 == 0:
            server.writer.attempt()
    server.writer.attempt()
    track = server.traffic.track(200_000_001)
    assert len(track["t"]) > CHUNK * (MAX_CHUNKS_OF_A_VESSEL - 1)
    other = server.succeeded_by(path)
    np.testing.assert_array_equal(other.traffic.track(200_000_001)["t"], track["t"])


def test_nothing_kept_is_no_step(path):
    """Without any step there is nothing to restore."""
    assert checkpoint.merge_records([], PORTS) is None

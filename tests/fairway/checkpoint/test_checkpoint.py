"""Checkpoints: a Traffic that was kept and restored is the one that went on, and a file may be anything."""

import shutil
import sqlite3
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import SKIPPED_AFTER_CRASH, EventLog
from fairway.alerts.rules import high_speed, port_call
from fairway.alerts.zones import Zones
from fairway.chart.ports import PortIndex
from fairway.checkpoint import checkpoint, writer
from fairway.checkpoint.state_file import BROKEN, StateFile
from fairway.checkpoint.writer import CheckpointHeader, CheckpointSources, CheckpointWriter
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.removals import MAX_GAPS, Removals
from fairway.traffic.ticker import Ticker
from fairway.traffic.tracks import CHUNK, MAX_CHUNKS_OF_A_VESSEL
from fairway.traffic.traffic import Traffic
from tests.support.traffic import NOW, report, static

WORLD = "live"
PORTS = PortIndex.load()
SETTINGS = Settings(speed_alert="20")
RULES = (*port_call.rules(SETTINGS, ()), *high_speed.rules(SETTINGS, ()))
DATA = Path(__file__).parents[2] / "data"


class Server:
    """Traffic, alerts and keeper of one process, without threads; the wall is in our hands."""

    def __init__(self, path: Path, now: float = NOW, world: str = WORLD, epoch: str = "first") -> None:
        self.now = now
        self.events, clock = EventLog(), Clock(now, lambda: self.now - now, "live")
        self.traffic = Traffic(PORTS, lambda: epoch)
        self.alerts = AlertEngine(self.events, lambda: RULES)
        self.ticker = Ticker(self.traffic, clock, lambda: self.now, self.alerts.check)
        self.file = StateFile(str(path))
        self.keeper = CheckpointWriter(self.file, CheckpointSources(
            traffic=self.traffic, clock=clock, events=self.events, alerts=self.alerts, ticker=self.ticker, ports=PORTS,
            world=world, simulator=None, simulates=lambda: True, wall=lambda: self.now, monotonic=lambda: self.now,
        ))  # fmt: skip

    def put(self, *batches, after: float = 1.0):
        self.now += after
        for batch in batches:
            self.traffic.put(batch)
        self.ticker.tick()
        return self.traffic.snapshot()

    def kill(self) -> None:
        """Lose everything that is not in the file."""
        self.file._db.close()
        self.file._lock.close()

    def succeeded_by(self, path: Path, after: float = 0.5) -> "Server":
        self.kill()
        other = Server(path, self.now + after, epoch="second")
        other.keeper.restore(None)
        return other


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


def sea(rng, server, count=60) -> list:
    """A second of reports: most move on, some are new, turn, jump, come late or say who they are."""
    mmsi = np.unique(rng.integers(200_000_001, 200_000_001 + count, count // 3))
    lat, lon = 30 + (mmsi % 97) / 10, -40 + (mmsi % 89) / 10 + rng.normal(0, 0.002, len(mmsi))
    if rng.random() < 0.2:
        lat = lat + 5.0
    late = rng.choice([0.0, 0.0, 200.0])
    moving = report(mmsi, server.now - late, lat=lat, lon=lon, sog=rng.integers(0, 300, len(mmsi)))
    who = static(int(mmsi[0]), server.now, name=f"SHIP {rng.integers(99)}", imo=9074729, destination="ROTTERDAM")
    return [moving, who]


def same(a: Server, b: Server, seqs: bool = True) -> None:
    """Whether both know the same, whatever they may be asked."""
    one, other = a.traffic.snapshot(), b.traffic.snapshot()
    for mine, others in ((one.columns, other.columns), (one.static_columns, other.static_columns)):
        for name in mine:
            if seqs or name not in ("seq", "static_seq"):
                assert mine[name].tolist() == others[name].tolist(), name
    for mmsi in one.columns["mmsi"][one.columns["mmsi"] > 0].tolist():
        for name, column in a.traffic.track(mmsi).items():
            np.testing.assert_array_equal(column, b.traffic.track(mmsi)[name])
    assert (
        one.removals.entries[["mmsi", "row", "reason"]].tolist()
        == other.removals.entries[["mmsi", "row", "reason"]].tolist()
    )
    assert one.sources == other.sources
    mine, others = a.alerts.saved(), b.alerts.saved()
    for name, state in mine["states"].items():  # type: ignore[attr-defined]
        assert state["active"] == others["states"][name]["active"]
        assert [mmsi for mmsi, _ in state["raised"]] == [mmsi for mmsi, _ in others["states"][name]["raised"]]
        assert sorted(state["published"]) == sorted(others["states"][name]["published"])


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
            assert server.keeper.attempt() >= writer.EVERY_S
            assert server.keeper.status()["problem"] is None
    server.keeper.attempt()
    shutil.copy(path, tmp_path / "copy.db")
    shutil.copy(f"{path}-wal", tmp_path / "copy.db-wal")
    other = Server(tmp_path / "copy.db", server.now, epoch="second")
    other.keeper.restore(None)
    same(server, other)
    assert other.traffic.snapshot().epoch == "first"
    assert other.events.since(0)[0] == server.events.since(0)[0]
    for _ in range(40):
        batches, after = sea(rng, server), float(rng.choice([1.0, 30.0]))
        for each in (server, other):
            each.put(*batches, after=after)
        other.keeper.attempt()
    same(server, other, seqs=False)
    third = other.succeeded_by(tmp_path / "copy.db", after=0.0)
    same(other, third)


def test_seqs_are_never_used_again(path):
    """A cursor that was kept goes on, one that was told but not kept gets a snapshot, and so for every restart."""
    server = Server(path)
    server.put(report([200_000_001, 200_000_002]))
    server.keeper.attempt()
    kept = server.traffic.snapshot().seq
    lost = server.put(report(200_000_001, server.now + 1)).seq
    other = server.succeeded_by(path)
    snapshot = other.traffic.snapshot()
    assert snapshot.epoch == "first"
    assert snapshot.reaches("first", kept)
    assert not snapshot.reaches("first", lost)
    assert snapshot.seq > lost + SKIPPED_AFTER_CRASH - 10
    assert snapshot.reaches("first", snapshot.seq)
    assert snapshot.changed_since(kept).tolist() == []
    newer = other.put(report(200_000_002, other.now + 1))
    assert newer.changed_since(kept).tolist() == [1]
    assert newer.seq == snapshot.seq + 1
    third = other.succeeded_by(path).traffic.snapshot()
    assert third.seq > newer.seq
    for seq, known in ((kept, True), (lost, False), (snapshot.seq, False), (newer.seq, False), (third.seq, True)):
        assert third.reaches("first", seq) == known


def test_gaps_are_bounded():
    """After many restarts the oldest cursors get a snapshot."""
    removals = Removals.none()
    for number in range(MAX_GAPS + 3):
        removals = removals.after_gap(100 * number, 100 * number + 50)
    assert len(removals.gaps) == MAX_GAPS
    assert [removals.reaches(seq) for seq in (10, 249, 250, 310, 360)] == [False, False, True, False, True]


def test_alerts_are_back_and_not_told_twice(path):
    """What was raised can be cleared under the same id, and stays acknowledged; no client misses what nobody had."""
    server = Server(path)
    server.put(report(200_000_001, lat=40.0, lon=-30.0, sog=250))
    server.put(report(200_000_001, server.now + 1, lat=40.0, lon=-30.0, sog=250))
    (raised,), _ = server.events.since(0)
    server.events.acknowledge([raised.event_id])
    server.keeper.attempt()
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
    server.keeper.attempt()
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
    server.keeper.attempt()
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
            server.keeper.attempt()
    server.keeper.attempt()
    track = server.traffic.track(200_000_001)
    assert len(track["t"]) > CHUNK * (MAX_CHUNKS_OF_A_VESSEL - 1)
    other = server.succeeded_by(path)
    np.testing.assert_array_equal(other.traffic.track(200_000_001)["t"], track["t"])


def test_a_clock_that_was_set_back(path):
    """A new epoch takes the place of the old one in the file."""
    server = Server(path)
    server.put(report(200_000_001))
    server.keeper.attempt()
    server.now = NOW - 1000
    server.ticker._clock.set(NOW - 1000)
    server.put(report(200_000_002, NOW - 1000), after=0)
    server.keeper.attempt()
    other = server.succeeded_by(path)
    snapshot = other.traffic.snapshot()
    assert snapshot.columns["mmsi"].tolist() == [200_000_002]
    assert len(other.traffic.track(200_000_001)["t"]) == 0


@pytest.mark.parametrize("spoil", ["cut", "zeros", "noise", "text", "empty"])
def test_a_damaged_file(path, spoil):
    """It is set aside, or what can be read of it is; the server starts in any case, and says so."""
    server = Server(path)
    for turn in range(200):
        server.put(*sea(np.random.default_rng(turn), server))
        server.keeper.attempt()
    server.kill()
    data = bytearray(path.read_bytes())
    Path(f"{path}-wal").unlink(missing_ok=True)
    if spoil == "cut":
        data = data[: len(data) // 2]
    elif spoil == "zeros":
        data[4096 : len(data) // 2] = bytes(len(data) // 2 - 4096)
    elif spoil == "noise":
        rng = np.random.default_rng(1)
        for at in rng.integers(100, len(data), 3000).tolist():
            data[at] = rng.integers(256)
    else:
        data = bytearray(b"" if spoil == "empty" else b"these are not the bytes you are looking for" * 100)
    path.write_bytes(data)
    other = Server(path)
    if spoil != "empty":
        assert "set aside" in other.keeper.status()["problem"]
        assert Path(f"{path}{BROKEN}").exists()
    other.keeper.restore(None)
    assert other.keeper.status()["restored"] == "nothing was saved"
    other.put(report(200_000_001))
    other.keeper.attempt()
    assert other.succeeded_by(path).traffic.snapshot().columns["mmsi"].tolist() == [200_000_001]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE steps SET step = x'00' WHERE number = 2",
        "DELETE FROM steps WHERE number = 2",
        "DELETE FROM steps WHERE number = 1",
        "UPDATE latest SET value = x'c1' WHERE name = 'header'",
        "UPDATE steps SET step = (SELECT substr(step, 1, length(step) - 40) FROM steps WHERE number = 3)",
    ],
)
def test_steps_that_do_not_fit(path, sql):
    """Whoever restores hears of it by an error, and begins anew."""
    server = Server(path)
    for turn in range(5):
        server.put(*sea(np.random.default_rng(turn), server))
        server.keeper.attempt()
    server.kill()
    with sqlite3.connect(path) as db:
        db.execute(sql)
    db.close()
    other = Server(path)
    with pytest.raises(writer.READ_ERRORS):
        other.keeper.restore(None)


def test_what_the_saved_world_had():
    """The line at start names what differs, and nothing that is the same."""
    saved = "simulation, seed 1, 500 vessels, interval reporting, full coverage, 180 ports"
    own = "simulation, seed 2, 50 vessels, interval reporting, full coverage, 180 ports"
    assert writer.difference(saved, own) == "seed 1, 500 vessels"
    assert writer.difference("live, 180 ports", own) == "clock mode live"


def test_another_layout_or_world(path):
    """What an older release or another world has left is not touched before the first checkpoint, and not used."""
    server = Server(path)
    server.put(report(200_000_001))
    server.keeper.attempt()
    server.kill()
    other = Server(path, world="simulation, seed 7")
    other.keeper.restore(None)
    assert other.keeper.status()["restored"] == (
        "Nothing restored: saved one had clock mode live. Saved vessels and routes were dropped"
    )
    assert other.traffic.snapshot().summary["total_vessels"] == 0
    other.keeper._file.write(
        b"", {"header": msgspec.msgpack.encode(CheckpointHeader(1, WORLD, NOW, {}))}, replace_all=False
    )
    older = other.succeeded_by(path)
    assert older.keeper.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    older.file._db.execute("UPDATE latest SET value = '0' WHERE name = 'layout'")
    older.file._db.commit()
    third = older.succeeded_by(path)
    assert third.keeper.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    assert third.traffic.snapshot().epoch == "second"


def test_two_servers_with_one_file(path):
    """The second one keeps nothing as long as the first one lives, and says so."""
    first, second = Server(path), Server(path)
    first.put(report(200_000_001))
    first.keeper.attempt()
    second.put(report(200_000_002))
    second.keeper.attempt()
    assert "another server" in second.keeper.status()["problem"]
    first.kill()
    second.put(report(200_000_003))
    second.keeper.attempt()
    assert second.keeper.status()["problem"] is None
    assert second.succeeded_by(path).traffic.snapshot().columns["mmsi"].tolist() == [200_000_002, 200_000_003]


def test_a_full_disk(path, monkeypatch):
    """Nothing stops; the status tells; afterwards the whole is written."""
    server = Server(path)
    server.put(report(200_000_001))
    server.keeper.attempt()
    server.file._db.execute("PRAGMA max_page_count = 1")
    server.put(*[report(np.arange(200_000_001, 200_002_000), server.now + 1)])
    server.keeper.attempt()
    assert "full" in server.keeper.status()["problem"]
    server.file._db.execute("PRAGMA max_page_count = 1000000")
    server.keeper.attempt()
    assert server.keeper.status()["problem"] is None
    other = server.succeeded_by(path)
    assert other.traffic.snapshot().summary["total_vessels"] == 1999
    assert len(other.traffic.track(200_000_001)["t"]) == 1


def test_a_last_checkpoint_when_asked_to_end(path):
    """A server that ends in good order loses nothing."""
    server, stop = Server(path), threading.Event()
    server.put(report(200_000_001))
    stop.set()
    server.keeper.run(stop)
    assert server.succeeded_by(path).traffic.snapshot().summary["total_vessels"] == 1


def test_nothing_kept_is_no_step(path):
    """Without any step there is nothing to restore."""
    assert checkpoint.merge_records([], PORTS) is None


def test_state_file_of_release_0_1(path):
    """A state file of 0.1 starts a new simulation with one plain line; its zones stay, the rest is replaced."""
    shutil.copy(DATA / "state_of_0_1.db", path)
    server = Server(path)
    server.keeper.restore(None)
    assert server.keeper.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    assert server.traffic.snapshot().summary["total_vessels"] == 0
    server.put(report(200_000_001))
    server.keeper.attempt()
    assert server.succeeded_by(path).traffic.snapshot().columns["mmsi"].tolist() == [200_000_001]
    assert [zone.name for zone in Zones(str(path)).all] == ["Dover"]

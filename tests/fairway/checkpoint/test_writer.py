"""CheckpointWriter: when it writes, and what it does with a file that it cannot use."""

import shutil
import sqlite3
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fairway.alerts.zones import Zones
from fairway.checkpoint import writer
from fairway.checkpoint.state_file import BROKEN
from fairway.checkpoint.writer import CheckpointHeader
from tests.support.checkpoints import DATA, WORLD, Server, sea
from tests.support.traffic import NOW, report


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


def test_a_clock_that_was_set_back(path):
    """A new epoch takes the place of the old one in the file."""
    server = Server(path)
    server.put(report(200_000_001))
    server.writer.attempt()
    server.now = NOW - 1000
    server.clock.set(NOW - 1000)
    server.put(report(200_000_002, NOW - 1000), after=0)
    server.writer.attempt()
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
        server.writer.attempt()
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
        assert "set aside" in other.writer.status()["problem"]
        assert Path(f"{path}{BROKEN}").exists()
    other.writer.restore(None)
    assert other.writer.status()["restored"] == "nothing was saved"
    other.put(report(200_000_001))
    other.writer.attempt()
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
    """Restoring a damaged record raises an error."""
    server = Server(path)
    for turn in range(5):
        server.put(*sea(np.random.default_rng(turn), server))
        server.writer.attempt()
    server.kill()
    with sqlite3.connect(path) as db:
        db.execute(sql)
    db.close()
    other = Server(path)
    with pytest.raises(writer.READ_ERRORS):
        other.writer.restore(None)


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
    server.writer.attempt()
    server.kill()
    other = Server(path, world="simulation, seed 7")
    other.writer.restore(None)
    assert other.writer.status()["restored"] == (
        "Nothing restored: saved one had clock mode live. Saved vessels and routes were dropped"
    )
    assert other.traffic.snapshot().summary["total_vessels"] == 0
    other.file.write(b"", {"header": msgspec.msgpack.encode(CheckpointHeader(1, WORLD, NOW, {}))}, replace_all=False)
    older = other.succeeded_by(path)
    assert older.writer.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    older.kill()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE latest SET value = '0' WHERE name = 'layout'")
    db.close()
    third = older.succeeded_by(path)
    assert third.writer.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    assert third.traffic.snapshot().epoch == "second"


def test_two_servers_with_one_file(path):
    """The second one keeps nothing as long as the first one lives, and says so."""
    first, second = Server(path), Server(path)
    first.put(report(200_000_001))
    first.writer.attempt()
    second.put(report(200_000_002))
    second.writer.attempt()
    assert "another server" in second.writer.status()["problem"]
    first.kill()
    second.put(report(200_000_003))
    second.writer.attempt()
    assert second.writer.status()["problem"] is None
    assert second.succeeded_by(path).traffic.snapshot().columns["mmsi"].tolist() == [200_000_002, 200_000_003]


def test_a_full_disk(path, monkeypatch):
    """Nothing stops; the status tells; afterwards the whole is written."""
    server = Server(path)
    server.put(report(200_000_001))
    server.writer.attempt()

    def fail(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(server.file, "write", fail)
    server.put(*[report(np.arange(200_000_001, 200_002_000), server.now + 1)])
    server.writer.attempt()
    assert "full" in server.writer.status()["problem"]
    monkeypatch.undo()
    server.writer.attempt()
    assert server.writer.status()["problem"] is None
    other = server.succeeded_by(path)
    assert other.traffic.snapshot().summary["total_vessels"] == 1999
    assert len(other.traffic.track(200_000_001)["t"]) == 1


def test_a_last_checkpoint_when_asked_to_end(path):
    """A server that ends in good order loses nothing."""
    server, stop = Server(path), threading.Event()
    server.put(report(200_000_001))
    stop.set()
    server.writer.run(stop)
    assert server.succeeded_by(path).traffic.snapshot().summary["total_vessels"] == 1


def test_state_file_of_release_0_1(path):
    """A state file of 0.1 starts a new simulation with one plain line; its zones stay, the rest is replaced."""
    shutil.copy(DATA / "state_of_0_1.db", path)
    server = Server(path)
    server.writer.restore(None)
    assert server.writer.status()["restored"].startswith(
        "Nothing restored: another release of Fairway saved the last one. "
    )
    assert server.traffic.snapshot().summary["total_vessels"] == 0
    server.put(report(200_000_001))
    server.writer.attempt()
    assert server.succeeded_by(path).traffic.snapshot().columns["mmsi"].tolist() == [200_000_001]
    assert [zone.name for zone in Zones(str(path)).all] == ["Dover"]

"""History as an operator meets it: killed processes, a database that goes away, bounds."""

import json
import sqlite3
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from websockets.sync.client import connect

from app import create
from fairway.history import writer
from fairway.history.store import Store
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue
from tests.support.reports import NOW, VOYAGE, moving, static

CLOCK = Clock(NOW, lambda: 0.0, "simulation")


@pytest.fixture
def report_queue():
    return ReportQueue("history", lambda: 0.0)


def positions(url: str) -> int:
    store = Store(url)
    store.prepare()
    count = store.count()
    store.close()
    return count


def test_what_waits_is_committed_at_the_end(report_queue, tmp_path):
    """When the server stops, what waited in the report_queue is on the disk, and the status says through when."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    report_queue.record(moving({}, {}))
    stop = threading.Event()
    stop.set()
    writer.run(report_queue, CLOCK, Settings(database_url=url), stop)
    assert positions(url) == 2
    status = report_queue.status()
    assert (status["state"], status["sent"], status["committed_through"]) == ("ok", 2, NOW * 1000)


def test_a_database_that_is_not_there_yet(report_queue, tmp_path):
    """Until it can be written the state says why; then everything that waited is there."""
    url = f"sqlite:///{tmp_path / 'later' / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url))
    for second in range(3):
        report_queue.record(moving({}, t=NOW + second))
        history.turn()
        assert report_queue.status()["state"] == "down"
        assert "unable to open" in report_queue.status()["problem"]
        assert "committed_through" not in report_queue.status()
    (tmp_path / "later").mkdir()
    history.turn()
    history.turn()
    history.close()
    assert report_queue.status()["state"] == "ok"
    assert positions(url) == 3


def test_problems_are_logged_once(report_queue, tmp_path, caplog):
    """An unavailable database is one warning with cause and count, however often it fails, and its end one line."""
    caplog.set_level("INFO", "fairway.history.writer")
    url = f"sqlite:///{tmp_path / 'later' / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url))
    report_queue.record(moving({}, {}))
    for _ in range(3):
        history.turn()
    (line,) = caplog.messages
    assert line.startswith("history: cannot write to the database, 2 reports wait: ")
    assert "unable to open" in line
    (tmp_path / "later").mkdir()
    history.turn()
    history.turn()
    history.close()
    assert caplog.messages[1:] == ["history: writing to the database again"]


def test_lost_reports_are_logged(tmp_path, caplog):
    """Reports that the full queue dropped are logged with their number, once a minute at most."""
    now = [0.0]
    report_queue = ReportQueue("history", lambda: now[0], limit=1)
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    for number in (3, 4, 5):
        for _ in range(number):
            report_queue.record(moving({}))
        history.turn()
        now[0] += 40.0
    history.close()
    assert caplog.messages == [
        "history: lost 2 reports, 2 since the start: the database is too slow",
        "history: lost 7 reports, 9 since the start: the database is too slow",
    ]


def test_a_full_disk(report_queue, tmp_path):
    """A database that can't grow pauses the history and says so; with room again nothing is missing."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url))
    history.turn()
    with history.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    report_queue.record(moving(*[{}] * 5000))
    history.turn()
    assert "full" in report_queue.status()["problem"]
    with history.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    history.turn()
    history.close()
    assert positions(url) == 5000


def test_old_reports_go(report_queue, tmp_path):
    """What is older than `history_days` is deleted: of a world of its own by its own time."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url, history_days=1.0))
    report_queue.record(moving({}, t=NOW - 86_401))
    report_queue.record(moving({}, t=NOW - 86_399))
    report_queue.record(moving({}, t=NOW))
    history.turn()
    history.close()
    assert positions(url) == 2


def test_times_that_cannot_be(report_queue, tmp_path):
    """A real report from the far future, or from before all that is kept, is not written, and counted."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    history = writer.HistoryWriter(report_queue, Clock(NOW, lambda: 0.0, "live"), Settings(database_url=url))
    for t in (NOW, NOW + 3600, 0):
        report_queue.record(moving({}, t=t, source="receiver"))
    history.turn()
    history.close()
    assert positions(url) == 1
    assert report_queue.status()["misdated"] == 2
    assert report_queue.status()["committed_through"] == NOW * 1000


def test_a_history_that_is_too_large(report_queue, tmp_path):
    """Over `history_mb` the oldest part goes, and the newest stays."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url, history_mb=1.0))
    for second in range(60):
        report_queue.record(moving(*[{}] * 1000, t=NOW + second))
    history.turn()
    span, size = history.store.span(), history.store.size_bytes()
    history.close()
    assert size <= 1e6
    assert (NOW + 50) * 1000 <= span[1] <= (NOW + 59) * 1000
    assert 5_000 < positions(url) < 59_000


@pytest.mark.postgres
def test_the_database_stops_and_starts(report_queue, postgres):
    """While PostgreSQL is away the reports wait; when it is back they are written, each once."""
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=postgres.url))
    report_queue.record(moving({}))
    history.turn()
    postgres.stop()
    report_queue.record(moving({}, t=NOW + 1))
    history.turn()
    assert report_queue.status()["state"] == "down"
    postgres.start()
    history.turn()
    history.close()
    assert report_queue.status()["state"] == "ok"
    assert positions(postgres.url) == 2


def test_older_tracks_come_from_the_database(tmp_path):
    """With `from` before the first point in memory the track begins in the database; without it, in memory."""
    fairway = create(Settings(outputs="history", database_url=f"sqlite:///{tmp_path / 'a.db'}", state_file=""))
    now = int(fairway.clock.now())
    fairway.traffic.put(moving({}, t=now))
    fairway.traffic.advance(now)
    epoch = fairway.traffic.snapshot().epoch
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.prepare()
    older = [moving({"sog": 100 + second}, t=now - 3600 + second) for second in range(5)]
    store.write([replace(batch, epoch=epoch) for batch in older])
    store.write([replace(moving({"sog": 1}, t=now - 1800), epoch="another world")])
    get = fairway.server.test_client().get
    begin = str(np.datetime64(now - 3599, "s")) + "Z"
    track = get(f"/api/realtime/vessels/352100000/track?from={begin}").json
    assert [point["speed_over_ground"] for point in track["points"]] == [10.1, 10.2, 10.3, 10.4, 12.3]
    assert get("/api/realtime/vessels/352100000/track").json["count"] == 1
    gone = "/api/realtime/vessels/352100001"
    assert get(f"{gone}/track?from={begin}").status_code == 404
    store.write([replace(moving({}, t=now - 1800, mmsi=352_100_001), epoch=epoch)])
    store.write([replace(static(VOYAGE, t=now - 1800, mmsi=352_100_001), epoch=epoch)])
    track = get(f"{gone}/track?from={begin}").json
    assert (track["vessel_name"], track["imo_number"], track["count"]) == ("MV Atlantic Pioneer", "IMO7000009", 1)
    assert get(f"{gone}/track?from={begin}&format=csv").text.count("\n") == 2
    for path in (gone, f"{gone}/track"):
        assert get(path).status_code == 404
        assert "/track?from=" in get(path).json["message"]
    store.close()


@pytest.mark.parametrize("folder", ["file", "/proc"])
def test_a_folder_that_cannot_be_written(report_queue, tmp_path, folder):
    """A database where no file can be made: its state says so, what waits is bounded, the server goes on."""
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path / folder / 'a.db'}"
    history = writer.HistoryWriter(report_queue, CLOCK, Settings(database_url=url))
    report_queue.record(moving({}))
    history.turn()
    history.close()
    assert report_queue.status()["state"] == "down"
    assert "unable to open" in report_queue.status()["problem"]


def test_the_stream_goes_on_without_a_folder(start_server, tmp_path):
    """The whole server with a history that can't be written: degraded and said, every vessel on the stream."""
    (tmp_path / "file").write_text("")
    options = ("--database-url", f"sqlite:///{tmp_path / 'file' / 'a.db'}", "--update-interval", "1")
    server = start_server(*options, "--fleet-size", "50", vessels=50)
    with connect(server.ws_url) as ws:
        while json.loads(ws.recv(timeout=10))["type"] != "vessel_updates":
            pass
    (status,) = [one for one in server.status()["outputs"] if one["name"] == "history"]
    assert (status["state"], "unable to open" in status["problem"]) == ("down", True)


def test_a_killed_process_keeps_what_it_committed(start_server, tmp_path):
    """After kill -9 every report that a client saw, up to `committed_through`, is in the database."""
    path = tmp_path / "a.db"
    options = ("--outputs", "history", "--database-url", f"sqlite:///{path}", "--fleet-size", "200")
    server = start_server(*options, "--update-interval", "1", vessels=200)
    seen = set()
    with connect(server.ws_url) as ws:
        until = time.monotonic() + 6
        while time.monotonic() < until:
            message = json.loads(ws.recv(timeout=10))
            seen |= {(one["mmsi"], one["timestamp"]) for one in message.get("updates", ())}
        (status,) = [one for one in server.status()["outputs"] if one["name"] == "history"]
        server.process.kill()
    server.process.wait(10)
    limit = str(np.datetime64(status["committed_through"] // 1000, "s")) + "Z"
    due = {item for item in seen if item[1] < limit}
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT mmsi, strftime('%Y-%m-%dT%H:%M:%SZ', t / 1000, 'unixepoch') FROM position")
        stored = set(rows)
    assert len(due) > 200
    assert due - stored == set()

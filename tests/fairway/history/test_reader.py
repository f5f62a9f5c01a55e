"""The reader of the history, as REST uses it."""

import numpy as np
import pytest

from fairway.chart.ports import PortIndex
from fairway.errors import RequestError
from fairway.history.reader import HistoryReader
from fairway.history.store import Store
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic
from tests.support.history import SHIP, T, fleet, moves


def reader_of(url: str, now: int = T + 120_000) -> HistoryReader:
    traffic = Traffic(PortIndex.load(), lambda: "now")
    return HistoryReader(Settings(database_url=url), Clock(now / 1000, lambda: 0.0, "live"), traffic, lambda: 0.0)


@pytest.fixture
def url(tmp_path):
    """A database with one vessel that reports every ten seconds, its name, and a second vessel from 50 s on."""
    url = f"sqlite:///{tmp_path / 'history.db'}"
    store = Store(url)
    store.prepare()
    named = {"name": ["ENDEAVOUR"], "imo": np.array([9134270])}
    store.write([Batch(np.array([SHIP], np.uint32), np.array([T]), "receiver", False, {}, named, epoch="e1")])
    store.write([moves(np.arange(T, T + 100_000, 10_000)), fleet(T + 50_000, 7)])
    store.close()
    return url


def test_snapshots(url):
    """A snapshot holds the vessels of its time; names come with `with_static`."""
    reader = reader_of(url)
    assert reader.snapshot(T + 20_000, 10**6).columns["mmsi"].tolist() == [SHIP]
    assert sorted(reader.snapshot(T + 60_000, 10**6).columns["mmsi"].tolist()) == [7, SHIP]
    shown = reader.with_static(T + 60_000, 10**6, [SHIP])
    assert shown.columns["mmsi"].tolist() == [SHIP]
    assert shown.static_columns["name"].tolist() == ["ENDEAVOUR"]
    assert reader.identity(SHIP) == ("ENDEAVOUR", "IMO9134270")
    assert reader.identity(99) == (None, None)


def test_what_is_new_since(url):
    """With `since`, only vessels that appeared between the two times are in the snapshot."""
    shown = reader_of(url).with_static(T + 60_000, 10**6, since=T + 40_000)
    assert shown.columns["mmsi"].tolist() == [7]


def test_frames(url):
    """The first message is a snapshot, one follows for every step."""
    messages = list(reader_of(url).frames(T + 20_000, T + 60_000, 10_000, 10**6))
    assert len(messages) == 5
    assert messages[0] != messages[1]


def test_tracks_and_reports(url):
    """A vessel has its track of the day before; `before` ends at the first known point; `reports` gives them all."""
    reader = reader_of(url)
    _, track = reader.vessel(SHIP, T + 35_000)
    assert track["t"].tolist() == [T, T + 10_000, T + 20_000, T + 30_000]
    older = reader.before(SHIP, T + 10_000, {"t": np.array([T + 30_000])})
    assert older["t"].tolist() == [T + 10_000, T + 20_000]
    parts = list(reader.reports(T, T + 100_000))
    assert sum(len(rows) for _, rows in parts) == 11
    assert reader.names([run for run, _ in parts], T + 100_000)[SHIP] == ("ENDEAVOUR", 9134270)


def test_an_unreadable_database(tmp_path, caplog):
    """A database that cannot be read is `no_history` for a request, and a warning for an older track."""
    (tmp_path / "broken.db").write_bytes(b"not a database" * 100)
    reader = reader_of(f"sqlite:///{tmp_path / 'broken.db'}")
    with pytest.raises(RequestError, match="the history cannot be read") as refused:
        reader.snapshot(T, 10**6)
    assert refused.value.code == "no_history"
    empty = reader.before(SHIP, T, {"t": np.array([T + 1])})
    assert empty["t"].tolist() == []
    assert any("older track" in line for line in caplog.messages)

"""Writes and retention: the same on SQLite and PostgreSQL."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy

from fairway.history.runs import StoreError
from fairway.history.store import Store
from fairway.history.tables import STATIC
from fairway.traffic.batch import Batch
from tests.support.history import SHIP, T, fleet, moves, places


def test_twice_is_once(store):
    """Writing the same reports twice stores them once."""
    batches = [moves([T, T + 1]), Batch(np.array([SHIP], np.uint32), np.array([T]), "r", False, {}, {"name": ["A"]})]
    batches[1] = replace(batches[1], epoch="e1")
    store.write(batches)
    store.write(batches)
    assert store.count() == 2


def test_a_second_writer_continues(url, store, reader):
    """A second process continues the runs of the first one."""
    store.write([moves(T)])
    second = Store(url)
    second.prepare()
    second.write([moves([T, T + 1]), moves(T, epoch="e2")])
    assert second.count() == 3
    assert reader.track(["e1"], SHIP, T, T + 1, 9)["t"].tolist() == [T, T + 1]
    assert reader.track(["e2"], SHIP, T, T + 1, 9)["t"].tolist() == [T]
    second.close()


def test_repeated_static_reports_are_stored_once(store):
    """A repeated static report adds no row; a field that a report leaves out keeps its last value."""

    def static_report(t, **columns):
        listed = {name: [value] for name, value in columns.items()}
        return Batch(np.array([SHIP], np.uint32), np.array([t]), "r", False, {}, listed, epoch="e1")

    store.write([static_report(T, name="ENDEAVOUR", draught=83), static_report(T + 1, name="ENDEAVOUR")])
    store.write([static_report(T + 2, name="ENDEAVOUR", draught=83), static_report(T + 3, destination="ROTTERDAM")])
    with store.transaction() as connection:
        rows = connection.execute(
            sqlalchemy.select(STATIC).where(STATIC.c.mmsi == SHIP).order_by(STATIC.c.t)
        ).mappings()
        stored = [{k: v for k, v in row.items() if v is not None and k not in ("run", "mmsi")} for row in rows]
    assert stored == [
        {"t": T, "name": "ENDEAVOUR", "draught": 83},
        {"t": T + 3, "name": "ENDEAVOUR", "draught": 83, "destination": "ROTTERDAM"},
    ]


def test_retention(store):
    """Retention deletes older positions; the writer's own run remains usable."""
    store.write([moves(np.arange(T, T + 1000, 10))])
    before = store.size_bytes()
    assert before > 0
    assert store.prune(T + 500) == 50
    assert store.span() is None or store.span()[0] >= T
    store.prune(T + 5000)
    assert store.span() is None
    store.write([moves(T + 6000)])
    assert store.count() == 1


def test_a_failed_write_writes_nothing(store):
    """A write that fails in its second half stores nothing, and its repetition stores everything."""
    with pytest.raises(StoreError):
        store.write([moves(T), replace(moves(T + 1), source=None)])
    assert store.count() == 0
    store.write([moves(T), moves(T + 1)])
    assert store.count() == 2


def test_retention_of_frames_and_static_data(store, reader):
    """Retention deletes frames with their positions, and keeps static data that is still valid."""
    name = Batch(np.array([1], np.uint32), np.array([T]), "r", False, {}, {"name": ["A"]}, epoch="e1")
    store.write([name, replace(name, t=np.array([T + 5000]), static={"name": ["B"]})])
    store.write([replace(name, mmsi=np.array([9], np.uint32), static={"name": ["GONE"]})])
    for minute in range(30):
        store.write([fleet(T + 60_000 * minute, 1, 2)])
    store.prune(T + 20 * 60_000)
    assert places(reader.fleet_at(T + 10 * 60_000, 10**7)) == {}
    assert places(reader.fleet_at(T + 25 * 60_000, 60_000)) == {1: T + 25 * 60_000, 2: T + 25 * 60_000}
    runs = reader.runs_at(T + 25 * 60_000, 60_000)
    assert [(row["mmsi"], row["name"]) for row in reader.static(runs, T + 25 * 60_000)] == [(1, "B")]

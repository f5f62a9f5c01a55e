"""The history's database: the same on SQLite and PostgreSQL."""

import uuid
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from outputs._history_store import Store, StoreError
from outputs._history_tables import METADATA, STATIC
from traffic import fields
from traffic.batch import Batch
from traffic.fields import LATLON_SCALE

SHIP = 232_100_000
T = 1_800_000_000_000


def moves(t, mmsi=SHIP, epoch="e1", **columns) -> Batch:
    """Reports of one vessel at some times; what is not said was not reported."""
    times = np.atleast_1d(np.asarray(t, np.int64))
    latitudes = np.arange(len(times), dtype=np.int32) * 600 + 50 * LATLON_SCALE
    moving = {"lat": latitudes, "lon": np.full(len(times), -20 * LATLON_SCALE, np.int32)}
    moving |= {name: np.full(len(times), value) for name, value in columns.items()}
    return Batch(np.full(len(times), mmsi, np.uint32), times, "receiver", False, moving, {}, epoch=epoch)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    admin = sqlalchemy.create_engine(server.url.replace("postgres://", "postgresql+psycopg://"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.url.removesuffix("postgres") + name


@pytest.fixture
def store(url):
    made = Store(url)
    made.prepare()
    yield made
    made.close()


def test_a_track_comes_back(store):
    """Positions come back in order, in degrees and knots, between two times, the newest when there are too many."""
    store.write([moves([T, T + 10_000, T + 20_000], sog=123), moves(T, mmsi=7)])
    track = store.track(None, SHIP, T + 1, T + 20_000, 10)
    assert track["t"].tolist() == [T + 10_000, T + 20_000]
    assert track["lat"].tolist() == [50.001, 50.002]
    assert track["lon"].tolist() == [-20.0, -20.0]
    assert track["sog"].tolist() == [12.3, 12.3]
    assert store.track(None, SHIP, T, T + 20_000, 1)["t"].tolist() == [T + 20_000]
    assert store.track(None, 99, T, T + 20_000, 1)["t"].tolist() == []


def test_what_is_not_known_is_null(store):
    """A speed that was not available, and one that was not reported, are both unknown; no position is no point."""
    nowhere = moves(T + 2)
    nowhere.moving["lat"][:] = fields.LAT_NA
    store.write([moves(T, sog=fields.U2_NA), moves(T + 1), nowhere])
    track = store.track(None, SHIP, T, T + 2, 10)
    assert np.isnan(track["sog"]).tolist() == [True, True]


def test_twice_is_once(store):
    """The same reports again, from this writer or the next one, add nothing."""
    batches = [moves([T, T + 1]), Batch(np.array([SHIP], np.uint32), np.array([T]), "r", False, {}, {"name": ["A"]})]
    batches[1] = replace(batches[1], epoch="e1")
    store.write(batches)
    store.write(batches)
    assert store.count() == 2


def test_migrations_lead_to_the_tables(store):
    """After all migrations the database has just the tables that the program reads and writes."""
    with store._transaction() as connection:
        made = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(made, METADATA) == []


def test_a_second_writer_goes_on(url, store):
    """A process that comes after another one finds its runs and rows."""
    store.write([moves(T)])
    second = Store(url)
    second.prepare()
    second.write([moves([T, T + 1]), moves(T, epoch="e2")])
    assert second.count() == 3
    assert second.track(["e1"], SHIP, T, T + 1, 9)["t"].tolist() == [T, T + 1]
    assert second.track(["e2"], SHIP, T, T + 1, 9)["t"].tolist() == [T]
    second.close()


def test_static_reports_are_kept_when_they_say_something_new(store):
    """A vessel that repeats itself takes one row; a part that a report leaves out stays as it was."""

    def said(t, **columns):
        listed = {name: [value] for name, value in columns.items()}
        return Batch(np.array([SHIP], np.uint32), np.array([t]), "r", False, {}, listed, epoch="e1")

    store.write([said(T, name="ENDEAVOUR", draught=83), said(T + 1, name="ENDEAVOUR")])
    store.write([said(T + 2, name="ENDEAVOUR", draught=83), said(T + 3, destination="ROTTERDAM")])
    with store._transaction() as connection:
        rows = connection.execute(
            sqlalchemy.select(STATIC).where(STATIC.c.mmsi == SHIP).order_by(STATIC.c.t)
        ).mappings()
        kept = [{k: v for k, v in row.items() if v is not None and k not in ("run", "mmsi")} for row in rows]
    assert kept == [
        {"t": T, "name": "ENDEAVOUR", "draught": 83},
        {"t": T + 3, "name": "ENDEAVOUR", "draught": 83, "destination": "ROTTERDAM"},
    ]


def test_retention(store):
    """What is older than asked for goes; the run of this writer stays known."""
    store.write([moves(np.arange(T, T + 1000, 10))])
    before = store.size_bytes()
    assert before > 0
    assert store.prune(T + 500) == 50
    assert store.span() == (T + 500, T + 990)
    store.prune(T + 5000)
    assert store.span() is None
    store.write([moves(T + 6000)])
    assert store.count() == 1


def test_a_failed_write_writes_nothing(store):
    """When the second half of a write fails, the first half is not there, and a repetition is whole."""
    with pytest.raises(StoreError):
        store.write([moves(T), replace(moves(T + 1), source=None)])
    assert store.count() == 0
    store.write([moves(T), moves(T + 1)])
    assert store.count() == 2

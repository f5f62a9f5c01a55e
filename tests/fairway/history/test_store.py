"""The history's database: the same on SQLite and PostgreSQL."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fairway.history.database import HEAD, MIGRATIONS, StoreError, _migrate
from fairway.history.queries import HistoryQueries, changes
from fairway.history.store import Store
from fairway.history.tables import FRAME, METADATA, STATIC
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE

SHIP = 232_100_000
T = 1_800_000_000_000


def moves(t, mmsi=SHIP, epoch="e1", **columns) -> Batch:
    """Reports of one vessel at some times; what is not said was not reported."""
    times = np.atleast_1d(np.asarray(t, np.int64))
    latitudes = np.arange(len(times), dtype=np.int32) * 600 + 50 * LATLON_SCALE
    moving = {"lat": latitudes, "lon": np.full(len(times), -20 * LATLON_SCALE, np.int32)}
    moving |= {name: np.full(len(times), value) for name, value in columns.items()}
    return Batch(np.full(len(times), mmsi, np.uint32), times, "receiver", False, moving, {}, epoch=epoch)


@pytest.fixture
def store(url):
    made = Store(url)
    made.prepare()
    yield made
    made.close()


@pytest.fixture
def reader(url, store):
    made = HistoryQueries(url, iter(range(10**6)).__next__)
    yield made
    made.close()


def test_a_track_comes_back(store, reader):
    """Positions come back in order, in degrees and knots, between two times, the newest when there are too many."""
    store.write([moves([T, T + 10_000, T + 20_000], sog=123), moves(T, mmsi=7)])
    track = reader.track(None, SHIP, T + 1, T + 20_000, 10)
    assert track["t"].tolist() == [T + 10_000, T + 20_000]
    assert track["lat"].tolist() == [50.001, 50.002]
    assert track["lon"].tolist() == [-20.0, -20.0]
    assert track["sog"].tolist() == [12.3, 12.3]
    assert reader.track(None, SHIP, T, T + 20_000, 1)["t"].tolist() == [T + 20_000]
    assert reader.track(None, 99, T, T + 20_000, 1)["t"].tolist() == []


def test_what_is_not_known_is_null(store, reader):
    """A speed that was not available, and one that was not reported, are both unknown; no position is no point."""
    nowhere = moves(T + 2)
    nowhere.moving["lat"][:] = fields.LAT_NA
    store.write([moves(T, sog=fields.U2_NA), moves(T + 1), nowhere])
    track = reader.track(None, SHIP, T, T + 2, 10)
    assert np.isnan(track["sog"]).tolist() == [True, True]


def test_twice_is_once(store):
    """The same reports again, from this writer or the next one, add nothing."""
    batches = [moves([T, T + 1]), Batch(np.array([SHIP], np.uint32), np.array([T]), "r", False, {}, {"name": ["A"]})]
    batches[1] = replace(batches[1], epoch="e1")
    store.write(batches)
    store.write(batches)
    assert store.count() == 2


def test_migrations_lead_to_the_tables(store):
    """A new database has just the tables that the program reads and writes."""
    with store.transaction() as connection:
        made = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(made, METADATA) == []


def test_the_program_makes_the_tables_that_migrations_make(url):
    """Tables of the first version, with rows, become those of today; and today's version is the newest migration."""
    old = Store(url)
    with old.transaction() as connection:
        _migrate(connection, "0001")
        connection.execute(sqlalchemy.text("INSERT INTO run (epoch) VALUES ('before')"))
    old.prepare()
    old.write([moves([T, T + 1])])
    with old.transaction() as connection:
        made = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(made, METADATA) == []
        assert made.get_current_revision() == HEAD
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert newest == HEAD
    old.prepare()
    assert old.count() == 2
    old.close()


def test_a_second_writer_goes_on(url, store, reader):
    """A process that comes after another one finds its runs and rows."""
    store.write([moves(T)])
    second = Store(url)
    second.prepare()
    second.write([moves([T, T + 1]), moves(T, epoch="e2")])
    assert second.count() == 3
    assert reader.track(["e1"], SHIP, T, T + 1, 9)["t"].tolist() == [T, T + 1]
    assert reader.track(["e2"], SHIP, T, T + 1, 9)["t"].tolist() == [T]
    second.close()


def test_static_reports_are_kept_when_they_say_something_new(store):
    """A vessel that repeats itself takes one row; a part that a report leaves out stays as it was."""

    def said(t, **columns):
        listed = {name: [value] for name, value in columns.items()}
        return Batch(np.array([SHIP], np.uint32), np.array([t]), "r", False, {}, listed, epoch="e1")

    store.write([said(T, name="ENDEAVOUR", draught=83), said(T + 1, name="ENDEAVOUR")])
    store.write([said(T + 2, name="ENDEAVOUR", draught=83), said(T + 3, destination="ROTTERDAM")])
    with store.transaction() as connection:
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
    assert store.span() is None or store.span()[0] >= T
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


def fleet(t, *mmsis) -> Batch:
    """One report of each of some vessels."""
    return replace(moves(np.full(len(mmsis), t)), mmsi=np.array(mmsis, np.uint32))


def places(picture) -> dict[int, int]:
    """When each vessel in a picture reported, by MMSI."""
    return dict(zip(picture.rows["mmsi"].tolist(), picture.rows["t"].tolist(), strict=True))


def test_a_picture_is_everybodys_last_report(store, reader):
    """At any time: the last report of each vessel until then, and nobody who was silent for too long."""
    for minute in range(30):
        store.write([fleet(T + 60_000 * minute, 1, 2), fleet(T + 60_000 * minute + 30_000, 2)])
    store.write([fleet(T + 30 * 60_000, 2, 3)])
    assert places(reader.fleet_at(T - 1, 10**6)) == {}
    assert places(reader.fleet_at(T, 10**6)) == {1: T, 2: T}
    for minute in (1, 7, 29):
        at = T + 60_000 * minute
        assert places(reader.fleet_at(at + 29_999, 10**6)) == {1: at, 2: at}
        assert places(reader.fleet_at(at + 30_000, 10**6)) == {1: at, 2: at + 30_000}
    end = T + 30 * 60_000
    assert places(reader.fleet_at(end, 10**6)) == {1: end - 60_000, 2: end, 3: end}
    assert places(reader.fleet_at(end, 59_999)) == {2: end, 3: end}
    with store.transaction() as connection:
        keys = connection.execute(sqlalchemy.select(FRAME.c.t).where(FRAME.c.part == 0)).scalars().all()
    assert len(keys) > 10


def test_a_picture_goes_on_from_an_earlier_one(store, reader):
    """What is read beyond an earlier picture gives what a reading from the beginning gives."""
    for second in range(0, 300, 3):
        store.write([fleet(T + 1000 * second, 1 + second % 7)])
    before = reader.fleet_at(T, 60_000)
    for at in range(T, T + 300_000, 7000):
        whole = reader.fleet_at(at, 60_000)
        news, gone = changes(before.rows, whole.rows)
        before = reader.fleet_at(at, 60_000, before)
        assert places(before) == places(whole)
        assert (whole.rows["t"][news] <= at).all()
        assert set(gone).isdisjoint(whole.rows["mmsi"].tolist())


def test_what_comes_late_is_in_the_picture(store, reader):
    """A report that comes some seconds late is there, whatever came before it."""
    for second in range(0, 120, 5):
        store.write([fleet(T + 1000 * second, 1)])
        store.write([fleet(T + 1000 * (second - 20), 2)])
    assert places(reader.fleet_at(T + 60_000, 10**6)) == {1: T + 60_000, 2: T + 60_000}


def test_worlds_of_their_own_do_not_mix(url):
    """Of two simulations of the same time the later one is shown, as far as it goes; receivers' runs are one."""
    other = Store(url, "simulation")
    other.prepare()
    reader = HistoryQueries(url, iter(range(10**6)).__next__)
    other.write([fleet(T + 60_000 * minute, 1, 2) for minute in range(10)])
    other.write([replace(fleet(T + 60_000 * minute, 3), epoch="e2") for minute in range(4)])
    assert places(reader.fleet_at(T + 120_000, 10**6)) == {3: T + 120_000}
    assert places(reader.fleet_at(T + 500_000, 10**6)) == {1: T + 480_000, 2: T + 480_000}
    live = Store(url, "live")
    live.write([replace(fleet(T + 10**7, 5), epoch="e3")])
    live.write([replace(fleet(T + 10**7 + 1000, 6), epoch="e4")])
    assert places(reader.fleet_at(T + 10**7 + 1000, 10**6)) == {5: T + 10**7, 6: T + 10**7 + 1000}
    assert [run.mode for run in reader.runs()] == ["simulation", "simulation", "live", "live"]
    for one in (other, live, reader):
        one.close()


def test_frames_and_static_data_age_too(store, reader):
    """Retention takes pictures with the positions; of static data what is still true stays."""
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

"""Queries on the history: the same on SQLite and PostgreSQL."""

from dataclasses import replace

import numpy as np
import sqlalchemy

from fairway.history.queries import HistoryQueries
from fairway.history.runs import changes
from fairway.history.store import Store
from fairway.history.tables import FRAME
from fairway.traffic import fields
from tests.support.history import SHIP, T, fleet, moves, places


def test_a_track_comes_back(store, reader):
    """A track has the positions between two times, oldest first, in degrees and knots; a limit leaves the newest."""
    store.write([moves([T, T + 10_000, T + 20_000], sog=123), moves(T, mmsi=7)])
    track = reader.track(None, SHIP, T + 1, T + 20_000, 10)
    assert track["t"].tolist() == [T + 10_000, T + 20_000]
    assert track["lat"].tolist() == [50.001, 50.002]
    assert track["lon"].tolist() == [-20.0, -20.0]
    assert track["sog"].tolist() == [12.3, 12.3]
    assert reader.track(None, SHIP, T, T + 20_000, 1)["t"].tolist() == [T + 20_000]
    assert reader.track(None, 99, T, T + 20_000, 1)["t"].tolist() == []


def test_missing_values_are_nan(store, reader):
    """An unavailable and an unreported speed are NaN; a report without position is no point of a track."""
    nowhere = moves(T + 2)
    nowhere.moving["lat"][:] = fields.LAT_NA
    store.write([moves(T, sog=fields.U2_NA), moves(T + 1), nowhere])
    track = reader.track(None, SHIP, T, T + 2, 10)
    assert np.isnan(track["sog"]).tolist() == [True, True]


def test_the_fleet_at_a_time(store, reader):
    """The fleet at a time is each vessel's last report before it, without vessels that were silent for too long."""
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


def test_continuing_from_an_earlier_fleet(store, reader):
    """Continuing from an earlier fleet gives the same as reading the fleet in full."""
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


def test_late_reports_count(store, reader):
    """A report that arrives 20 seconds late is part of the fleet at its event time."""
    for second in range(0, 120, 5):
        store.write([fleet(T + 1000 * second, 1)])
        store.write([fleet(T + 1000 * (second - 20), 2)])
    assert places(reader.fleet_at(T + 60_000, 10**6)) == {1: T + 60_000, 2: T + 60_000}


def test_simulations_do_not_mix(url):
    """Of two simulations of the same time only the newer one counts; all runs in UTC count together."""
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

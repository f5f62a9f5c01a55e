"""The database: tables of older versions are migrated and keep their rows."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fairway.history.database import HEAD, MIGRATIONS, Database, migrate
from fairway.history.queries import HistoryQueries
from fairway.history.runs import StoreError
from fairway.history.store import Store
from tests.support.history import SHIP, T, moves, places

DATA = Path(__file__).parents[2] / "data"


def test_the_newest_migration_is_the_head():
    """New tables get the number of the newest migration."""
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_tables_of_the_first_revision(url):
    """Tables of the first revision are migrated, keep their rows and take new ones."""
    old = Store(url)
    with old.transaction() as connection:
        migrate(connection, "0001")
        connection.execute(sqlalchemy.text("INSERT INTO run (epoch) VALUES ('before')"))
        connection.execute(
            sqlalchemy.text("INSERT INTO position (run, mmsi, t, lat, lon, source) VALUES (1, 5, :t, 600000, 0, 'r')"),
            {"t": T - 1000},
        )
    old.prepare()
    old.write([moves([T, T + 1])])
    with old.transaction() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == HEAD
    old.prepare()
    assert old.count() == 3
    old.close()
    reader = HistoryQueries(url, lambda: 0.0)
    assert reader.track(["before"], 5, 0, T, 9)["lat"].tolist() == [1.0]
    reader.close()


def test_a_history_of_version_0_1(tmp_path):
    """A file that version 0.1 wrote shows its fleet, static data and tracks, and takes new reports."""
    shutil.copy(DATA / "history_of_0_1.db", tmp_path / "history.db")
    url = f"sqlite:///{tmp_path / 'history.db'}"
    store = Store(url)
    store.prepare()
    store.write([moves(T + 200_000)])
    store.close()
    reader = HistoryQueries(url, lambda: 0.0)
    assert places(reader.fleet_at(T + 110_000, 10**6)) == {SHIP: T + 100_000, 477_962_600: T + 100_000}
    track = reader.track(None, SHIP, T, T + 200_000, 100)
    assert track["t"].tolist() == [*range(T, T + 100_001, 20_000), T + 200_000]
    assert track["sog"].tolist()[:6] == [12.0, 12.1, 12.2, 12.3, 12.4, 12.5]
    (static,) = reader.static(reader.runs_at(T + 110_000, 10**6), T + 110_000)
    assert (static["mmsi"], static["name"], static["imo"]) == (SHIP, "ENDEAVOUR", 9134270)
    reader.close()


def test_a_missing_file_is_not_created(tmp_path):
    """A SQLite file that does not exist counts as missing, and the question does not create it."""
    database = Database(f"sqlite:///{tmp_path / 'history.db'}")
    assert database.missing
    assert list(tmp_path.iterdir()) == []
    database.prepare()
    assert not database.missing
    database.close()


def test_an_error_rolls_back(url):
    """An error of the database is a StoreError with the driver's message, and nothing is written."""
    database = Database(url)
    database.prepare()

    def insert_and_fail() -> None:
        with database.transaction() as connection:
            connection.execute(sqlalchemy.text("INSERT INTO run (epoch) VALUES ('e')"))
            connection.execute(sqlalchemy.text("SELECT * FROM nowhere"))

    with pytest.raises(StoreError, match="nowhere"):
        insert_and_fail()
    with database.transaction() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM run")).scalar_one() == 0
    database.close()

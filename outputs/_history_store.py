"""The history's database: bulk writes of Batches, reads of tracks, retention. SQLite or PostgreSQL.

Writing the same reports twice is writing them once: the key is (run, mmsi, t).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from alembic import command
from alembic.config import Config
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from outputs._history_tables import POSITION, RUN, STATIC
from traffic import fields
from traffic.batch import Batch

Row = dict[str, Any]
MIGRATIONS: Final = Path(__file__).parent / "_migrations"
_MISSING: Final = {item.name: item.missing for item in (*fields.MOVING, *fields.STATIC)}
_MOVING: Final = [item.name for item in fields.MOVING]
_STATIC: Final = [column.name for column in STATIC.columns if not column.primary_key]


class StoreError(Exception):
    """The database can't be reached, read or written; nothing was changed."""


class Store:
    """One database. Methods raise StoreError. Not for two threads at once.

    Args:
        url: as SQLAlchemy reads it; `postgres://` and `postgresql://` mean psycopg.

    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._runs: dict[str, int] = {}
        self._static: dict[tuple[int, int], tuple[Any, ...]] = {}

    def prepare(self) -> None:
        """Bring the tables to the newest revision; make them where they are missing."""
        wanted = Config()
        wanted.set_main_option("script_location", str(MIGRATIONS))
        with self._transaction() as connection:
            wanted.attributes["connection"] = connection
            command.upgrade(wanted, "head")

    def write(self, batches: Sequence[Batch]) -> int:
        """Commit reports in one transaction; how many rows they are, those that were there already included."""
        with self._transaction() as connection:
            rows = 0
            static: dict[tuple[int, int], tuple[Any, ...]] = {}
            for batch in batches:
                run = self._run(connection, batch.epoch)
                if batch.moving:
                    rows += _insert(connection, POSITION, _positions(run, batch))
                if batch.static:
                    rows += _insert(connection, STATIC, list(self._changed(run, batch, static)))
        # only what is on the disk is known to be there
        self._static |= static
        return rows

    def track(
        self, epochs: Iterable[str] | None, mmsi: int, begin: int, end: int, limit: int
    ) -> dict[str, NDArray[Any]]:
        """Positions of a vessel, oldest first, at most the newest `limit`: as `Traffic.track` gives them.

        Args:
            epochs: of the runs that count; None: all.
            mmsi: the vessel.
            begin: ms UTC, inclusive.
            end: ms UTC, inclusive.
            limit: number of points.

        """
        found = select(POSITION.c.t, POSITION.c.lat, POSITION.c.lon, POSITION.c.sog)
        found = found.where(POSITION.c.mmsi == mmsi, POSITION.c.t.between(begin, end), POSITION.c.lat.is_not(None))
        runs = select(RUN.c.id)
        found = found.where(POSITION.c.run.in_(runs if epochs is None else runs.where(RUN.c.epoch.in_(list(epochs)))))
        with self._transaction() as connection:
            rows = connection.execute(found.order_by(POSITION.c.t.desc()).limit(limit)).all()[::-1]
        t, lat, lon, sog = zip(*rows, strict=True) if rows else ((), (), (), ())
        return {
            "t": np.array(t, np.int64),
            "lat": np.array(lat, np.float64) / fields.LATLON_SCALE,
            "lon": np.array(lon, np.float64) / fields.LATLON_SCALE,
            "sog": np.array(sog, np.float64) / 10,
        }

    def count(self) -> int:
        """Number of stored positions."""
        with self._transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(POSITION)).scalar_one())

    def prune(self, before: int) -> int:
        """Delete the positions from before `before` (ms UTC), and runs of which none is left; how many went."""
        with self._transaction() as connection:
            gone = connection.execute(delete(POSITION).where(POSITION.c.t < before)).rowcount
            left = select(POSITION.c.run).distinct()
            connection.execute(delete(STATIC).where(STATIC.c.run.not_in(left), STATIC.c.t < before))
            connection.execute(delete(RUN).where(RUN.c.id.not_in(left), RUN.c.id.not_in(self._runs.values())))
        return gone

    def span(self) -> tuple[int, int] | None:
        """Times of the oldest and the newest position, ms UTC; None while there is none."""
        with self._transaction() as connection:
            oldest, newest = connection.execute(select(func.min(POSITION.c.t), func.max(POSITION.c.t))).one()
        return None if oldest is None else (oldest, newest)

    def size_bytes(self) -> int:
        """What the rows take in the database, without space that is free to be used again."""
        sizes = {
            "sqlite": "SELECT (page_count - freelist_count) * page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            "postgresql": "SELECT pg_total_relation_size('position') + pg_total_relation_size('static')",
        }
        with self._transaction() as connection:
            return int(connection.execute(text(sizes[self._engine.dialect.name])).scalar_one())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        driver: Any = self._engine.dialect.dbapi
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, driver.Error) as error:
            # the driver's own word, without the statement and its values
            raise StoreError(str(getattr(error, "orig", error)).strip()) from error

    def _run(self, connection: Connection, epoch: str) -> int:
        """The number of the run of `epoch`, made where it is new."""
        if epoch not in self._runs:
            _insert(connection, RUN, [{"epoch": epoch}])
            self._runs[epoch] = connection.execute(select(RUN.c.id).where(RUN.c.epoch == epoch)).scalar_one()
        return self._runs[epoch]

    def _changed(self, run: int, batch: Batch, newest: dict[tuple[int, int], tuple[Any, ...]]) -> Iterator[Row]:
        """Static reports that say something new; a vessel repeats itself every six minutes."""
        columns = {name: batch.static.get(name) for name in _STATIC}
        for at, (mmsi, t) in enumerate(zip(batch.mmsi.tolist(), batch.t.tolist(), strict=True)):
            known = newest.get((run, mmsi), self._static.get((run, mmsi), (None,) * len(_STATIC)))
            said = tuple(
                before if column is None else _known(name, column[at])
                for (name, column), before in zip(columns.items(), known, strict=True)
            )
            if said != known:
                newest[run, mmsi] = said
                yield {"run": run, "mmsi": mmsi, "t": t, **dict(zip(_STATIC, said, strict=True))}


def _positions(run: int, batch: Batch) -> list[Row]:
    columns = [
        [_known(name, value) for value in batch.moving[name].tolist()]
        if name in batch.moving
        else [None] * len(batch.t)
        for name in _MOVING
    ]
    fixed = {"run": run, "source": batch.source}
    rows = zip(batch.mmsi.tolist(), batch.t.tolist(), *columns, strict=True)
    return [fixed | dict(zip(("mmsi", "t", *_MOVING), row, strict=True)) for row in rows]


def _known(name: str, value: Any) -> Any:
    """A value as it is stored: NULL where it is not available."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if plain == _MISSING[name] else plain


def _insert(connection: Connection, table: Table, rows: list[Row]) -> int:
    """Add rows; those whose key is there already stay as they are."""
    if not rows:
        return 0
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if connection.dialect.name == "postgresql" and table is POSITION:
        _copy(connection, rows)
    else:
        connection.execute(make(table).on_conflict_do_nothing(), rows)
    return len(rows)


def _copy(connection: Connection, rows: list[Row]) -> None:
    """COPY into a table of the transaction's own, then take over what is new: PostgreSQL's fastest way in."""
    names = list(rows[0])
    listed = ", ".join(names)
    connection.execute(text("CREATE TEMP TABLE IF NOT EXISTS arriving (LIKE position) ON COMMIT DELETE ROWS"))
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY arriving ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
    taken = f"INSERT INTO position ({listed}) SELECT {listed} FROM arriving ON CONFLICT DO NOTHING"
    connection.execute(text(taken))
    connection.execute(text("DELETE FROM arriving"))


def _engine(url: str) -> Engine:
    engine = create_engine(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    """A log that is written ahead: readers don't wait, and a commit survives the death of the process."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")

"""Write access to the history's database: bulk writes of Batches, and retention.

Writing the same reports twice stores them once: the key is (run, mmsi, t).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Table, delete, func, select, text

from fairway.history import frames
from fairway.history.database import Database
from fairway.history.tables import FRAME, POSITION, RUN, STATIC
from fairway.traffic import fields
from fairway.traffic.batch import Batch

Row = dict[str, Any]
_MISSING: Final = {item.name: item.missing for item in (*fields.MOVING, *fields.STATIC)}
_MOVING: Final = [item.name for item in fields.MOVING]
_STATIC: Final = [column.name for column in STATIC.columns if not column.primary_key]
_POSITION: Final = ("run", "mmsi", "t", *_MOVING, "source")
_VESSELS: Final = text(
    "WITH RECURSIVE one(mmsi) AS (SELECT min(mmsi) FROM position WHERE run = :run UNION ALL"
    " SELECT (SELECT min(mmsi) FROM position WHERE run = :run AND mmsi > one.mmsi) FROM one WHERE one.mmsi IS NOT NULL)"
    " SELECT mmsi FROM one WHERE mmsi IS NOT NULL"
)
"""MMSIs of a run, one seek each: a plain DISTINCT would read every row."""


@dataclass
class OpenRun:
    """State of the run that is being written: one epoch of Traffic.

    Attributes:
        epoch, id: its names in Traffic and in the database.
        keys: builds its key frames.
        sources: (feed, whether its vessels are simulated) by number.
        types: vessel type by MMSI.
        static: the last static data by MMSI, by the columns of STATIC.

    """

    epoch: str
    id: int
    keys: frames.KeyFrames
    sources: list[list[Any]]
    types: dict[int, int]
    static: dict[int, tuple[Any, ...]] = field(default_factory=dict)


class Store(Database):
    """The database of its only writer. Not for two threads at once.

    Args:
        url: as for Database.
        mode: mode of the clock that the reports follow.
        keep_s: a vessel that was silent for longer is left out of key frames.

    """

    def __init__(self, url: str, mode: str = "live", keep_s: float = 3600.0) -> None:
        super().__init__(url)
        self._mode, self._keep_ms = mode, round(keep_s * 1000)
        self._run: OpenRun | None = None

    def write(self, batches: Sequence[Batch]) -> int:
        """Commit reports in one transaction; return the number of rows, including those that existed already."""
        # after a failed transaction the state in memory is ahead of the disk: the next one reads the database
        run, self._run = self._run, None
        rows = 0
        arrived: list[frames.Rows] = []
        with self.transaction() as connection:
            for batch in batches:
                if run is None or run.epoch != batch.epoch:
                    write_frames(connection, run, arrived)
                    run, arrived = self._open(connection, batch.epoch), []
                if batch.static:
                    rows += insert(connection, STATIC, list(_changed(run, batch)))
                if batch.moving:
                    rows += _write_positions(connection, run.id, batch)
                    arrived.append(frames.rows_of(batch, run.types, _source(connection, run, batch)))
            write_frames(connection, run, arrived)
        self._run = run
        return rows

    def count(self) -> int:
        """Number of stored positions."""
        with self.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(POSITION)).scalar_one())

    def prune(self, before: int, run: int | None = None) -> int:
        """Delete rows before `before` (ms UTC) of one or all runs, and empty runs; return the number of positions."""
        with self.transaction() as connection:
            runs = [run] if run is not None else connection.execute(select(RUN.c.id)).scalars().all()
            gone = sum(_prune_run(connection, one, before) for one in runs)
            current = self._run.id if self._run else -1
            left = select(POSITION.c.mmsi).where(POSITION.c.run == RUN.c.id).exists()
            connection.execute(delete(RUN).where(~left, RUN.c.id != current))
        return gone

    def spans(self) -> list[tuple[int, str | None, int, int]]:
        """Runs that have reports, oldest first: number, mode, times of the first and the last report, ms UTC."""
        with self.transaction() as connection:
            return [
                (number, mode, *times)
                for number, mode in connection.execute(select(RUN.c.id, RUN.c.mode).order_by(RUN.c.id)).all()
                if (times := _span(connection, number))
            ]

    def span(self) -> tuple[int, int] | None:
        """Times of the oldest and the newest position, ms UTC; None for an empty database."""
        spans = self.spans()
        return (min(span[2] for span in spans), max(span[3] for span in spans)) if spans else None

    def size_bytes(self) -> int:
        """Size of the rows in the database, without reusable free space."""
        tables = " + ".join(f"pg_total_relation_size('{table}')" for table in ("position", "static", "frame"))
        sizes = {
            "sqlite": "SELECT (page_count - freelist_count) * page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            "postgresql": f"SELECT {tables}",
        }
        with self.transaction() as connection:
            return int(connection.execute(text(sizes[self.dialect])).scalar_one())

    def _open(self, connection: Connection, epoch: str) -> OpenRun:
        """The run of an epoch: a new one, or the one that another process or a failed transaction has left."""
        insert(connection, RUN, [{"epoch": epoch, "mode": self._mode}])
        found = select(RUN.c.id, RUN.c.sources).where(RUN.c.epoch == epoch)
        number, sources = connection.execute(found).one()
        reported = select(STATIC.c.mmsi, STATIC.c.vessel_type).where(
            STATIC.c.run == number, STATIC.c.vessel_type.is_not(None)
        )
        types = {int(mmsi): int(kind) for mmsi, kind in connection.execute(reported.order_by(STATIC.c.t))}
        keys = frames.KeyFrames(_last_known(connection, number), self._keep_ms)
        return OpenRun(epoch, number, keys, json.loads(sources or "[]"), types)


def _source(connection: Connection, run: OpenRun, batch: Batch) -> int:
    """Number of a batch's source in its run; a new source is stored."""
    known = [batch.source, batch.simulated]
    if known not in run.sources:
        run.sources.append(known)
        connection.execute(RUN.update().where(RUN.c.id == run.id).values(sources=json.dumps(run.sources)))
    return run.sources.index(known)


def _last_known(connection: Connection, run: int) -> frames.Rows:
    """Each vessel's last report since the last key frame."""
    keys = select(func.max(FRAME.c.t)).where(FRAME.c.run == run, FRAME.c.part == frames.KEY)
    begin = connection.execute(keys).scalar_one() or 0
    data = connection.execute(select(FRAME.c.data).where(FRAME.c.run == run, FRAME.c.t >= begin)).scalars().all()
    return frames.newest(np.concatenate([np.zeros(0, frames.ROW), *map(frames.decompress, data)]))


def write_frames(connection: Connection, run: OpenRun | None, arrived: list[frames.Rows]) -> None:
    """Store the frames of arrived reports, and a key frame if one is due."""
    if run is None or not arrived:
        return
    rows = np.concatenate(arrived)
    compressed = [(begin, frames.compress(part)) for begin, part in frames.by_bucket(rows)]
    values = [{"run": run.id, "t": begin, "part": frames.part_of(data), "data": data} for begin, data in compressed]
    if key := run.keys.add(rows):
        values.append({"run": run.id, "t": key[0], "part": frames.KEY, "data": frames.compress(key[1])})
    insert(connection, FRAME, values)


def _changed(run: OpenRun, batch: Batch) -> Iterator[Row]:
    """Yield static reports that differ from the last one; a vessel repeats them every six minutes."""
    columns = {name: batch.static.get(name) for name in _STATIC}
    for at, (mmsi, t) in enumerate(zip(batch.mmsi.tolist(), batch.t.tolist(), strict=True)):
        known = run.static.get(mmsi, (None,) * len(_STATIC))
        values = tuple(
            before if column is None else _known(name, column[at])
            for (name, column), before in zip(columns.items(), known, strict=True)
        )
        if values != known:
            run.static[mmsi] = values
            row = dict(zip(_STATIC, values, strict=True))
            if row["vessel_type"] is not None:
                run.types[mmsi] = row["vessel_type"]
            yield {"run": run.id, "mmsi": mmsi, "t": t, **row}


def _known(name: str, value: Any) -> Any:
    """A value as stored: NULL if not available."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if plain == _MISSING[name] else plain


def _write_positions(connection: Connection, run: int, batch: Batch) -> int:
    columns = [_values(batch, name) for name in _MOVING]
    count = len(batch.mmsi)
    rows = zip([run] * count, batch.mmsi.tolist(), batch.t.tolist(), *columns, [batch.source] * count, strict=True)
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
    else:
        places = ", ".join("?" * len(_POSITION))
        # the driver's own statement: SQLAlchemy takes three times as long for many rows
        statement = f"INSERT INTO position ({', '.join(_POSITION)}) VALUES ({places}) ON CONFLICT DO NOTHING"
        cursor: Any = connection.connection.cursor()
        cursor.executemany(statement, rows)
    return count


def _values(batch: Batch, name: str) -> list[Any]:
    """A column as stored: None for values that are missing or not available."""
    if name not in batch.moving:
        return [None] * len(batch.mmsi)
    column, missing = batch.moving[name], _MISSING[name]
    values: list[Any] = column.tolist()
    return [None if value == missing else value for value in values] if (column == missing).any() else values


def insert(connection: Connection, table: Table, rows: list[Row]) -> int:
    """Insert rows and leave existing keys unchanged; return the number of rows."""
    if rows:
        names = list(rows[0])
        places = ", ".join(f":{name}" for name in names)
        # as text: SQLAlchemy's construct needs the dialect's module, and PostgreSQL's takes megabytes
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) ON CONFLICT DO NOTHING"
        connection.execute(text(statement), rows)
    return len(rows)


def _copy(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY into a temporary table, then insert the new rows: PostgreSQL's fastest bulk write."""
    listed = ", ".join(_POSITION)
    connection.execute(text("CREATE TEMP TABLE IF NOT EXISTS arriving (LIKE position) ON COMMIT DELETE ROWS"))
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY arriving ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    taken = f"INSERT INTO position ({listed}) SELECT {listed} FROM arriving ON CONFLICT DO NOTHING"
    connection.execute(text(taken))
    connection.execute(text("DELETE FROM arriving"))


def _span(connection: Connection, run: int) -> tuple[int, int] | None:
    """Times of a run's oldest and newest position: from its frames (to ten seconds), or exactly without frames."""
    for table in (FRAME, POSITION):
        times = select(func.min(table.c.t), func.max(table.c.t)).where(table.c.run == run)
        oldest, newest = connection.execute(times).one()
        if oldest is not None:
            return int(oldest), int(newest)
    return None


def _prune_run(connection: Connection, run: int, before: int) -> int:
    """Delete rows of a run older than `before`, ms UTC; return the number of positions."""
    span = _span(connection, run)
    if span is None or span[0] >= before:
        return 0
    gone = 0
    for mmsi in connection.execute(_VESSELS, {"run": run}).scalars().all():
        of_vessel = POSITION.c.run == run, POSITION.c.mmsi == mmsi
        gone += connection.execute(delete(POSITION).where(*of_vessel, POSITION.c.t < before)).rowcount
    connection.execute(delete(FRAME).where(FRAME.c.run == run, FRAME.c.t < before))
    later = STATIC.alias()
    same = later.c.run == STATIC.c.run, later.c.mmsi == STATIC.c.mmsi
    replaced = select(later.c.t).where(*same, later.c.t > STATIC.c.t, later.c.t <= before).exists()
    heard = select(POSITION.c.t).where(POSITION.c.run == STATIC.c.run, POSITION.c.mmsi == STATIC.c.mmsi).exists()
    connection.execute(delete(STATIC).where(STATIC.c.run == run, STATIC.c.t < before, replaced | ~heard))
    return gone

"""Queries on the history: tracks, the fleet at a moment, reports of a span, static data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, func, select

from fairway.history import frames
from fairway.history.database import Database
from fairway.history.runs import PastFleet, Run
from fairway.history.tables import FRAME, POSITION, RUN, STATIC
from fairway.traffic import fields

_RUNS_CACHED_S: Final = 1.0
_SILENT_MS: Final = 60_000
"""A run also covers the minute after its last report."""
_MAX_LISTED: Final = 500
"""With more vessels than this, a statement lists no MMSIs and the result is filtered."""


class HistoryQueries(Database):
    """Read access to the database, for any thread. Methods raise StoreError.

    Args:
        url: as for Database.
        monotonic: wall seconds.

    """

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        super().__init__(url)
        self._monotonic = monotonic
        self._runs: tuple[float, tuple[Run, ...]] = (-np.inf, ())

    def runs(self) -> tuple[Run, ...]:
        """Runs that have frames, oldest first; cached for a second, because a looping recording has thousands."""
        read_at, runs = self._runs
        if self._monotonic() - read_at < _RUNS_CACHED_S:
            return runs
        if self.missing:
            return ()
        with self.transaction() as connection:
            runs = tuple(_runs(connection))
        self._runs = (self._monotonic(), runs)
        return runs

    def runs_at(self, at: int, age: int) -> tuple[Run, ...]:
        """Runs whose vessels were there at `at` (ms UTC) with reports no older than `age` ms.

        All runs in UTC, or the newest run with its own time.
        """
        near = [
            run for run in self.runs() if run.first <= at and run.last + frames.BUCKET_MS >= at - max(age, _SILENT_MS)
        ]
        covering = [run for run in near if run.last + frames.BUCKET_MS >= at - _SILENT_MS]
        chosen = covering[-1] if covering else max(near, key=lambda run: run.last, default=None)
        if chosen is None:
            return ()
        return tuple(run for run in near if run.utc) if chosen.utc else (chosen,)

    def fleet_at(self, at: int, age: int, before: PastFleet | None = None) -> PastFleet:
        """Every vessel's last report until `at`, ms UTC, no older than `age` ms.

        Args:
            at: ms UTC.
            age: ms.
            before: the fleet at an earlier moment, to continue from.

        """
        runs = self.runs_at(at, age)
        sources: dict[tuple[str, bool], int] = {}
        parts = [np.zeros(0, frames.ROW)]
        begin = 0
        if before is not None and before.runs == runs:
            begin, parts = before.at, [before.rows]
            sources = {source: number for number, source in enumerate(before.sources)}
        if runs:
            with self.transaction() as connection:
                for run in runs:
                    parts.append(_numbered(_rows(connection, run.id, begin, at, age), run, sources))
        rows = frames.newest(np.concatenate(parts))
        return PastFleet(at, rows[rows["t"] >= at - age], runs, tuple(sources))

    def reports(self, begin: int, end: int) -> Iterator[tuple[Run, frames.Rows]]:
        """Yield every report from `begin` to `end` (ms UTC, inclusive) in order of event time, a minute at a time.

        Where runs with their own time overlap, only the newest run counts.
        """
        at = begin // frames.BUCKET_MS * frames.BUCKET_MS
        while at <= end:
            runs = self.runs_at(at, 0)
            until = min(at + _SILENT_MS, end + 1)
            for run in runs:
                with self.transaction() as connection:
                    rows = _parts(connection, run.id, at, until - 1)
                rows = rows[(rows["t"] >= begin) & (rows["t"] <= end)]
                yield run, np.unique(rows)[np.argsort(np.unique(rows)["t"], kind="stable")]
            later = [run.first for run in self.runs() if run.first > at]
            at = until if runs else max(until, min(later, default=end + 1))
            at = at // frames.BUCKET_MS * frames.BUCKET_MS if at <= end else at

    def static(
        self, runs: Sequence[Run], at: int, mmsis: Iterable[int] | None = None, since: int | None = None
    ) -> list[Mapping[str, Any]]:
        """Static data known at `at`, or else the first reported later; rows of STATIC ordered by MMSI.

        Args:
            runs: runs to search.
            at: ms UTC.
            mmsis: vessels to include; None: all.
            since: ms UTC; only vessels that sent static data between this time and `at`, in either order.

        """
        if not runs:
            return []
        wanted = [STATIC.c.run.in_([run.id for run in runs])]
        listed = None if mmsis is None else list(mmsis)
        if listed is not None and len(listed) <= _MAX_LISTED:
            wanted.append(STATIC.c.mmsi.in_(listed))
        if since is not None:
            said = select(STATIC.c.mmsi).where(wanted[0], STATIC.c.t.between(min(at, since), max(at, since)))
            wanted.append(STATIC.c.mmsi.in_(said))
        known = func.coalesce(func.max(case((STATIC.c.t <= at, STATIC.c.t))), func.min(STATIC.c.t)).label("t")
        last = (
            select(STATIC.c.run, STATIC.c.mmsi, known).where(*wanted).group_by(STATIC.c.run, STATIC.c.mmsi).subquery()
        )
        joined = select(STATIC).join(
            last, (STATIC.c.run == last.c.run) & (STATIC.c.mmsi == last.c.mmsi) & (STATIC.c.t == last.c.t)
        )
        with self.transaction() as connection:
            rows = connection.execute(joined.order_by(STATIC.c.mmsi, STATIC.c.run)).mappings().all()
        # of a vessel in several runs, the last run counts
        found: dict[int, Mapping[str, Any]] = {row["mmsi"]: dict(row) for row in rows}
        return [found[mmsi] for mmsi in sorted(found if listed is None else found.keys() & set(listed))]

    def track(
        self, epochs: Iterable[str] | None, mmsi: int, begin: int, end: int, limit: int
    ) -> dict[str, NDArray[Any]]:
        """Positions of a vessel, oldest first, at most the newest `limit`, in the form of `Traffic.track`.

        Args:
            epochs: epochs of the runs to search; None: all.
            mmsi: the vessel.
            begin: ms UTC, inclusive.
            end: ms UTC, inclusive.
            limit: number of points.

        """
        found = select(POSITION.c.t, POSITION.c.lat, POSITION.c.lon, POSITION.c.sog)
        found = found.where(POSITION.c.mmsi == mmsi, POSITION.c.t.between(begin, end), POSITION.c.lat.is_not(None))
        runs = select(RUN.c.id)
        found = found.where(POSITION.c.run.in_(runs if epochs is None else runs.where(RUN.c.epoch.in_(list(epochs)))))
        rows: Sequence[Any] = ()
        if not self.missing:
            with self.transaction() as connection:
                rows = connection.execute(found.order_by(POSITION.c.t.desc()).limit(limit)).all()[::-1]
        t, lat, lon, sog = zip(*rows, strict=True) if rows else ((), (), (), ())
        return {
            "t": np.array(t, np.int64),
            "lat": np.array(lat, np.float64) / fields.LATLON_SCALE,
            "lon": np.array(lon, np.float64) / fields.LATLON_SCALE,
            "sog": np.array(sog, np.float64) / 10,
        }


def _runs(connection: Connection) -> Iterator[Run]:
    span = [select(pick(FRAME.c.t)).where(FRAME.c.run == RUN.c.id).scalar_subquery() for pick in (func.min, func.max)]
    for number, epoch, mode, sources, first, last in connection.execute(
        select(RUN.c.id, RUN.c.epoch, RUN.c.mode, RUN.c.sources, *span).order_by(RUN.c.id)
    ):
        if first is not None:
            feeds = tuple((str(name), bool(simulated)) for name, simulated in json.loads(sources or "[]"))
            yield Run(number, epoch, mode, feeds, first, last)


def _rows(connection: Connection, run: int, begin: int, at: int, age: int) -> frames.Rows:
    """Reports of a run until `at`: from the last key frame, or from `begin` if that is later."""
    keys = select(FRAME.c.t).where(FRAME.c.run == run, FRAME.c.part == frames.KEY, FRAME.c.t <= at)
    key = connection.execute(keys.order_by(FRAME.c.t.desc()).limit(1)).scalar()
    oldest = max(begin, at - age)
    if key is not None and key >= oldest:
        rows = _parts(connection, run, key, at, keys=True)
    else:
        # reports may come late: the minute before is read again
        rows = _parts(connection, run, (oldest - _SILENT_MS if begin else oldest) - frames.BUCKET_MS, at)
    return rows[rows["t"] <= at]


def _parts(connection: Connection, run: int, begin: int, end: int, keys: bool = False) -> frames.Rows:
    """Rows of a run's frames from `begin` to `end`, ms UTC; with `keys` also the key frame at `begin`."""
    wanted = [FRAME.c.run == run, FRAME.c.t.between(begin, end)]
    wanted.append((FRAME.c.part != frames.KEY) | (FRAME.c.t == begin) if keys else FRAME.c.part != frames.KEY)
    data = connection.execute(select(FRAME.c.data).where(*wanted).order_by(FRAME.c.t)).scalars().all()
    return np.concatenate([np.zeros(0, frames.ROW), *map(frames.decompress, data)])


def _numbered(rows: frames.Rows, run: Run, sources: dict[tuple[str, bool], int]) -> frames.Rows:
    """Rows with source numbers translated from the run's to those of `sources`; adds new sources."""
    numbers = np.array([sources.setdefault(source, len(sources)) for source in run.sources] or [0], "u1")
    rows["source"] = numbers[np.minimum(rows["source"], len(numbers) - 1)]
    return rows

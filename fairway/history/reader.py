"""Reader of the history: the past as Snapshots, binary messages and tracks, for REST and the page."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.errors import RequestError
from fairway.history.frames import Rows
from fairway.history.runs import PastFleet, Run, StoreError, changes
from fairway.history.snapshots import snapshot_of
from fairway.protocol import encode_binary
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic

if TYPE_CHECKING:
    from fairway.history.queries import HistoryQueries

log = logging.getLogger(__name__)
Columns = dict[str, NDArray[Any]]
MAX_POINTS: Final = 10_000
_DAY_MS: Final = 86_400_000


class HistoryReader:
    """Read access to the history for any thread. Methods raise RequestError `no_history` if the database is unreadable.

    Args:
        settings: database, days of history, and how long a silent vessel stays.
        clock: the history ends at its time; in a simulation only the present run counts for a track.
        traffic: its ports and its present epoch.
        monotonic: wall seconds.

    """

    def __init__(self, settings: Settings, clock: Clock, traffic: Traffic, monotonic: Callable[[], float]) -> None:
        self._clock, self._traffic, self._settings, self._monotonic = clock, traffic, settings, monotonic
        self._ports = traffic.ports
        self.max_age_ms: Final = round(settings.lost_after * 1000)

    @functools.cached_property
    def _queries(self) -> HistoryQueries:
        # SQLAlchemy: 12 MB and a third of the time to start, needed with the first request for the past
        from fairway.history.queries import HistoryQueries

        return HistoryQueries(self._settings.database_url, self._monotonic)

    def before(self, mmsi: int, begin: int, points: Columns) -> Columns:
        """Positions from `begin` (ms UTC) until the first of `points`, at most the newest MAX_POINTS.

        An unreadable database gives no positions and a warning in the log.
        """
        end = int(points["t"][0]) - 1 if len(points["t"]) else 2**62
        try:
            return self._queries.track(self._epochs, mmsi, begin, end, MAX_POINTS)
        except StoreError as error:
            log.warning("older track of MMSI %d is missing: %s", mmsi, error)
            return {name: column[:0] for name, column in points.items()}

    def identity(self, mmsi: int) -> tuple[str | None, str | None]:
        """Last reported name and IMO number of a vessel, in the runs that count for a track."""
        epochs = self._epochs
        with _as_request_error():
            runs = [run for run in self._queries.runs() if epochs is None or run.epoch in epochs]
            for row in self._queries.static(runs, 2**62, [mmsi]):
                imo = row["imo"]
                return row["name"], f"IMO{imo:07d}" if imo and fields.imo_is_valid(imo) else None
        return None, None

    @property
    def _epochs(self) -> list[str] | None:
        return None if self._clock.mode == "live" else [self._traffic.snapshot().epoch]

    def runs(self) -> list[Run]:
        """Runs with reports within `history_days` before the clock's time, oldest first."""
        now = round(self._clock.now() * 1000)
        oldest = now - round(self._settings.history_days * _DAY_MS)
        with _as_request_error():
            return [run for run in self._queries.runs() if run.last >= oldest and run.first <= now]

    def snapshot(self, at: int, age: int) -> Snapshot:
        """All vessels at `at`, ms UTC, with types but without names."""
        with _as_request_error():
            return snapshot_of(self._queries.fleet_at(at, age), self._ports)

    def with_static(self, at: int, age: int, mmsis: Sequence[int] | None = None, since: int | None = None) -> Snapshot:
        """The vessels `mmsis` (None: all) at `at`, ms UTC, with their static data.

        With `since`, ms UTC: only vessels that appeared, or sent static data, between the two times.
        """
        with _as_request_error():
            fleet = self._queries.fleet_at(at, age)
            static = self._queries.static(fleet.runs, at, mmsis, since)
            rows = fleet.rows
            if mmsis is not None:
                rows = rows[np.isin(rows["mmsi"], mmsis)]
            if since is not None:
                before = self._queries.fleet_at(since, age).rows["mmsi"]
                appeared = rows["mmsi"][~np.isin(rows["mmsi"], before)].tolist()
                static += self._queries.static(fleet.runs, at, appeared)
                rows = rows[np.isin(rows["mmsi"], [*appeared, *(row["mmsi"] for row in static)])]
        return snapshot_of(PastFleet(at, rows, fleet.runs, fleet.sources), self._ports, static)

    def frames(self, begin: int, end: int, step: int, age: int) -> Iterator[bytes]:
        """Yield binary messages: a snapshot of `begin`, then the changes every `step` until `end`; all in ms UTC."""
        before: PastFleet | None = None
        gone: list[int] = []
        for at in range(begin, end + 1, step):
            with _as_request_error():
                fleet = self._queries.fleet_at(at, age, before)
            if before is None:
                news, flags = np.arange(len(fleet.rows)), encode_binary.SNAPSHOT
            else:
                fresh, gone = changes(before.rows, fleet.rows)
                news, flags = np.flatnonzero(fresh), 0
            shown = snapshot_of(PastFleet(at, fleet.rows[news], fleet.runs, fleet.sources), self._ports)
            yield encode_binary.message(shown.changes(0), np.arange(len(news)), gone, 0, flags)
            before = fleet

    def vessel(self, mmsi: int, at: int) -> tuple[Snapshot, Columns]:
        """One vessel at `at`, ms UTC, and its track of the day before, in the form of `Traffic.track`."""
        shown = self.with_static(at, self.max_age_ms, [mmsi])
        with _as_request_error():
            epochs = [run.epoch for run in self._queries.runs_at(at, self.max_age_ms)]
            return shown, self._queries.track(epochs, mmsi, at - _DAY_MS, at, MAX_POINTS)

    def reports(self, begin: int, end: int) -> Iterator[tuple[Run, Rows]]:
        """Yield every report from `begin` to `end`, ms UTC, in order of event time."""
        with _as_request_error():
            yield from self._queries.reports(begin, end)

    def names(self, runs: Sequence[Run], at: int) -> dict[int, tuple[str | None, int | None]]:
        """Name and IMO number of the vessels of some runs, by MMSI, as known at `at`."""
        with _as_request_error():
            return {row["mmsi"]: (row["name"], row["imo"]) for row in self._queries.static(runs, at)}


@contextlib.contextmanager
def _as_request_error() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        log.warning("the history cannot be read: %s", error)
        raise RequestError("no_history", f"the history cannot be read: {error}") from error

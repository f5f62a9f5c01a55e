"""The past for those who ask: what was, as Snapshots, messages and tracks, where a history is kept."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.errors import RequestError
from fairway.history.database import StoreError
from fairway.history.frames import Rows
from fairway.history.queries import HistoryQueries, Picture, Run, changes
from fairway.history.snapshots import snapshot_of
from fairway.protocol import encode_binary
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic

log = logging.getLogger(__name__)
Columns = dict[str, NDArray[Any]]
MOST_READ: Final = 10_000
_DAY_MS: Final = 86_400_000


class HistoryReader:
    """Reads the history, for any thread. Where the database can't be read, methods raise RequestError, `no_history`.

    Args:
        settings: where the database is, and how long a silent vessel stays in the picture.
        clock: pictures end at its time; in a simulation only the present run counts for a track.
        traffic: whose ports are known, and whose epoch is the present one.
        monotonic: wall seconds.

    """

    def __init__(self, settings: Settings, clock: Clock, traffic: Traffic, monotonic: Callable[[], float]) -> None:
        self._reader = HistoryQueries(settings.database_url, monotonic)
        self._clock, self._traffic, self._settings = clock, traffic, settings
        self._ports = traffic.ports
        self.max_age_ms: Final = round(settings.lost_after * 1000)

    def before(self, mmsi: int, begin: int, points: Columns) -> Columns:
        """The positions from `begin` (ms UTC) until the first of `points`, at most the newest MOST_READ.

        What the database can't give is missing from the answer, and logged.
        """
        end = int(points["t"][0]) - 1 if len(points["t"]) else 2**62
        try:
            return self._reader.track(self._epochs, mmsi, begin, end, MOST_READ)
        except StoreError as error:
            log.warning("no older track of %d: %s", mmsi, error)
            return {name: column[:0] for name, column in points.items()}

    def told_last(self, mmsi: int) -> tuple[str | None, str | None]:
        """Name and IMO number of a vessel of those runs that count for a track, as they were told last."""
        epochs = self._epochs
        with _answerable():
            runs = [run for run in self._reader.runs() if epochs is None or run.epoch in epochs]
            for row in self._reader.static(runs, 2**62, [mmsi]):
                imo = row["imo"]
                return row["name"], f"IMO{imo:07d}" if imo and fields.imo_is_valid(imo) else None
        return None, None

    @property
    def _epochs(self) -> list[str] | None:
        return None if self._clock.mode == "live" else [self._traffic.snapshot().epoch]

    def runs(self) -> list[Run]:
        """The runs of which something lies within `history_days` before the clock's time, oldest first."""
        now = round(self._clock.now() * 1000)
        least = now - round(self._settings.history_days * _DAY_MS)
        with _answerable():
            return [run for run in self._reader.runs() if run.last >= least and run.first <= now]

    def snapshot(self, at: int, age: int) -> Snapshot:
        """Everybody at `at`, ms UTC, with types but without names."""
        with _answerable():
            return snapshot_of(self._reader.picture(at, age), self._ports)

    def told(self, at: int, age: int, mmsis: Sequence[int] | None = None, since: int | None = None) -> Snapshot:
        """The vessels `mmsis` (None: everybody) at `at`, with what was known of them.

        With `since`, ms UTC: only those who came into the picture, or said something of themselves, between the two.
        """
        with _answerable():
            picture = self._reader.picture(at, age)
            static = self._reader.static(picture.runs, at, mmsis, since)
            rows = picture.rows
            if mmsis is not None:
                rows = rows[np.isin(rows["mmsi"], mmsis)]
            if since is not None:
                before = self._reader.picture(since, age).rows["mmsi"]
                came = rows["mmsi"][~np.isin(rows["mmsi"], before)].tolist()
                static += self._reader.static(picture.runs, at, came)
                rows = rows[np.isin(rows["mmsi"], [*came, *(row["mmsi"] for row in static)])]
        return snapshot_of(Picture(at, rows, picture.runs, picture.sources), self._ports, static)

    def frames(self, begin: int, end: int, step: int, age: int) -> Iterator[bytes]:
        """The picture of `begin` as a binary message of the stream, then what is new, every `step` until `end`; ms."""
        before: Picture | None = None
        gone: list[int] = []
        for at in range(begin, end + 1, step):
            with _answerable():
                picture = self._reader.picture(at, age, before)
            if before is None:
                news, flags = np.arange(len(picture.rows)), encode_binary.SNAPSHOT
            else:
                fresh, gone = changes(before.rows, picture.rows)
                news, flags = np.flatnonzero(fresh), 0
            shown = snapshot_of(Picture(at, picture.rows[news], picture.runs, picture.sources), self._ports)
            yield encode_binary.message(shown.changes(0), np.arange(len(news)), gone, 0, flags)
            before = picture

    def vessel(self, mmsi: int, at: int) -> tuple[Snapshot, Columns]:
        """One vessel at `at`, ms UTC, and its track of the day before, as `Traffic.track` gives it."""
        shown = self.told(at, self.max_age_ms, [mmsi])
        with _answerable():
            epochs = [run.epoch for run in self._reader.runs_at(at, self.max_age_ms)]
            return shown, self._reader.track(epochs, mmsi, at - _DAY_MS, at, MOST_READ)

    def reports(self, begin: int, end: int) -> Iterator[tuple[Run, Rows]]:
        """Every report from `begin` to `end`, ms UTC, in the order of events."""
        with _answerable():
            yield from self._reader.reports(begin, end)

    def names(self, runs: Sequence[Run], at: int) -> dict[int, tuple[str | None, int | None]]:
        """Name and IMO number of every vessel of some runs, by MMSI, as known at `at`."""
        with _answerable():
            return {row["mmsi"]: (row["name"], row["imo"]) for row in self._reader.static(runs, at)}


@contextlib.contextmanager
def _answerable() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        log.warning("the history can't be read: %s", error)
        raise RequestError("no_history", f"the history can't be read: {error}") from error

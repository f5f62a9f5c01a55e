"""VesselTable: the mutable rows behind each Snapshot, with the tracks and the plausibility of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.delta import PackedColumns, TrafficDelta, changed_rows, removals_after, write_rows
from fairway.traffic.derived.flag_state import flag_of
from fairway.traffic.derived.plausibility import Plausibility
from fairway.traffic.derived.stations import Stations
from fairway.traffic.removals import TOMBSTONE, Removals
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.tracks import POINT, Tracks

MIN_CAPACITY = 64


class VesselTable:
    """One row per vessel in columns of equal capacity. Rows are created and removed here for all columns at once.

    Only the thread that advances Traffic uses it; other threads read Snapshots, and `tracks`, which has a lock.

    Args:
        ports: the list that column `port` indexes.
        tombstones: how many removals are remembered.

    Attributes:
        epoch, seq, now: as in Snapshot; the next `freeze` publishes them.
        columns: name -> array, in the units of `fields.DERIVED` and `fields.MOVING`.
        static: the same of `fields.STATIC`.
        sources: feed name -> whether it is simulated, in order of column `source`.
        stations: names of receivers.
        removals: the ring of removals.
        tracks: past positions by row.
        plausibility: the last accepted position by row.

    """

    def __init__(self, ports: PortIndex, tombstones: int) -> None:
        self.ports, self._tombstones = ports, tombstones
        self.sources: dict[str, bool] = {}
        self.stations = Stations()
        self.tracks = Tracks()
        self.clear("", 0.0)

    def clear(self, epoch: str, now: float) -> None:
        """Remove all vessels and start an epoch; sources and stations stay."""
        self.epoch, self.seq, self.now = epoch, 0, now
        self.columns = {f.name: np.zeros(0, f.dtype) for f in (*fields.DERIVED, *fields.MOVING)}
        self.static = {f.name: np.zeros(0, f.dtype) for f in fields.STATIC}
        self._row_of: dict[int, int] = {}
        self._free: list[int] = []
        self._used = 0
        self.removals, self.plausibility = Removals.none(), Plausibility()
        self._static_seq, self._static_changed = 0, True
        self.tracks.clear()

    def load(self, snapshot: Snapshot) -> None:
        """Take over the state of a Snapshot and its arrays."""
        self.epoch, self.seq, self.now = snapshot.epoch, snapshot.seq, snapshot.now
        self.columns, self.static = dict(snapshot.columns), dict(snapshot.static_columns)
        self.sources = dict(zip(snapshot.sources, snapshot.simulated, strict=True))
        self.stations = Stations(snapshot.stations)
        mmsi = snapshot.columns["mmsi"]
        self._used = len(mmsi)
        self._row_of = {int(mmsi[row]): row for row in np.flatnonzero(mmsi).tolist()}
        self._free = np.setdiff1d(np.flatnonzero(mmsi == 0), snapshot.removals.entries["row"]).tolist()
        self.removals, self._static_seq, self._static_changed = snapshot.removals, snapshot.static_seq, True

    def apply(self, delta: TrafficDelta) -> int:
        """Apply the changes of another process's table; return the number of rows."""
        if delta.epoch != self.epoch:
            self.clear(delta.epoch, delta.now)
        self.seq, self.now = delta.seq, delta.now
        self.sources = dict(zip(delta.sources, delta.simulated, strict=True))
        self.stations = Stations(delta.stations)
        self._reserve(delta.count)
        self._used = delta.count
        rows, static_rows = changed_rows(delta)
        moved = self._write_moving(rows, delta.columns)
        write_rows(self.static, static_rows, delta.static)
        self._static_seq, self._static_changed = delta.static_seq, self._static_changed or len(static_rows) > 0
        self.removals = removals_after(self.removals, delta)
        self.extend_tracks(moved)
        return len(rows)

    def known_rows(self, mmsi: list[int]) -> list[int]:
        """The rows of those vessels that are in the table, without repetition."""
        return [self._row_of[m] for m in dict.fromkeys(mmsi) if m in self._row_of]

    def rows(self, mmsi: NDArray[np.uint32], source: int) -> NDArray[np.intp]:
        """Rows of `mmsi`, created where unknown. A dictionary look-up each: about 0.1 us a vessel."""
        known = self._row_of
        return np.array([known[m] if m in known else self._create(m, source) for m in mmsi.tolist()], np.intp)

    def source_code(self, batch: Batch) -> int:
        """Index of the batch's source in `sources`."""
        self.sources.setdefault(batch.source, batch.simulated)
        return list(self.sources).index(batch.source)

    def mark_static(self, rows: NDArray[np.intp]) -> None:
        """Mark the static data of `rows` as changed; without rows, the static columns need no copy."""
        if len(rows):
            self.static["static_seq"][rows] = self._static_seq = self.seq
            self._static_changed = True

    def extend_tracks(self, rows: NDArray[np.intp]) -> None:
        """Offer the present positions of `rows` to their tracks."""
        rows = rows[self.columns["lat"][rows] != fields.LAT_NA]
        points = np.zeros(len(rows), POINT)
        for name in POINT.names or ():
            points[name] = self.columns[name][rows]
        self.tracks.append(rows, points)

    def silent_rows(self, since_ms: float) -> list[int]:
        """Rows whose vessel has reported neither position nor static data since `since_ms` (ms UTC)."""
        used = slice(0, self._used)
        heard = np.maximum(self.columns["t"][used], self.columns["static_t"][used])
        silent = (heard < since_ms) & (self.columns["mmsi"][used] > 0)
        return np.flatnonzero(silent).tolist()

    def remove(self, rows: list[int], reason: int) -> int:
        """Remove vessels; return their number.

        A consumer may still hold a removed row: it is used again only when its tombstone has left the ring.
        """
        if not rows:
            return 0
        mmsi = self.columns["mmsi"][rows].copy()
        for row, number in zip(rows, mmsi.tolist(), strict=True):
            del self._row_of[number]
            self.tracks.drop(row)
        self.columns["mmsi"][rows] = 0
        self.plausibility.forget(rows)
        tombstones = np.zeros(len(rows), TOMBSTONE)
        tombstones["seq"], tombstones["mmsi"] = self.seq, mmsi
        tombstones["row"], tombstones["reason"] = rows, reason
        # a vessel that never had a position was sent to no consumer, so its removal is not announced
        listed = self.columns["lat"][rows] != fields.LAT_NA
        self.removals, free = self.removals.extended(tombstones[listed], self._tombstones)
        self._free += free.tolist() + tombstones["row"][~listed].tolist()
        return len(rows)

    def freeze(self, before: Snapshot | None) -> Snapshot:
        """A Snapshot of the present state; it shares the static columns of `before` if they have not changed."""
        used = slice(0, self._used)
        if before is None or self._static_changed:
            static = {name: column[used].copy() for name, column in self.static.items()}
        else:
            static = before.static_columns
        self._static_changed = False
        return Snapshot(
            epoch=self.epoch,
            seq=self.seq,
            now=self.now,
            columns={name: column[used].copy() for name, column in self.columns.items()},
            static_columns=static,
            sources=tuple(self.sources),
            simulated=tuple(self.sources.values()),
            stations=tuple(self.stations.names),
            port_names=self.ports.names,
            port_countries=self.ports.countries,
            static_seq=self._static_seq,
            removals=self.removals,
        )

    def _create(self, mmsi: int, source: int) -> int:
        row = self._free.pop() if self._free else self._used
        if row == self._used:
            self._used += 1
            self._reserve(self._used)
        for item in (*fields.DERIVED, *fields.MOVING):
            self.columns[item.name][row] = item.missing
        for item in fields.STATIC:
            self.static[item.name][row] = item.missing
        self.columns["mmsi"][row], self.columns["source"][row] = mmsi, source
        self.static["flag"][row] = flag_of(mmsi)
        self._row_of[mmsi] = row
        self.static["static_seq"][row] = self._static_seq = self.seq
        self._static_changed = True
        return row

    def _reserve(self, rows: int) -> None:
        if rows <= len(self.columns["mmsi"]):
            return
        capacity = max(MIN_CAPACITY, 2 * rows)
        for columns in (self.columns, self.static):
            for name, column in columns.items():
                grown = np.zeros(capacity, column.dtype)
                grown[: len(column)] = column
                columns[name] = grown

    def _write_moving(self, rows: NDArray[np.intp], columns: PackedColumns) -> NDArray[np.intp]:
        """Write the columns of `rows`; return the rows whose vessel has a new position."""
        mmsi, t = self.columns["mmsi"][rows], self.columns["t"][rows]
        write_rows(self.columns, rows, columns)
        for row in rows[(self.columns["mmsi"][rows] != mmsi) & (mmsi > 0)].tolist():
            self.tracks.drop(row)
        moved = (self.columns["mmsi"][rows] > 0) & (self.columns["t"][rows] != t)
        return np.asarray(rows[moved])

"""Traffic: the latest state of every vessel. Anybody puts Batches; one thread advances; everybody reads Snapshots."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sea.ports import PortIndex
from traffic import fields
from traffic.batch import Batch
from traffic.flags import flag_of
from traffic.removals import DELETED, LOST, TOMBSTONE, TOMBSTONES, Removals
from traffic.snapshot import Snapshot
from traffic.tracks import POINT, Tracks

FUTURE_MS = 60_000
PORT_RANGE_NM = 5.0
ANCHORAGE_RANGE_NM = 15.0
_SPARED = 4


class Traffic:
    """Merges reports by MMSI: the newest event time wins. One writer, `advance`; `put` may come from any thread.

    Attributes:
        recorders: get every drained Batch, whether or not its reports are news; they must not block.

    """

    def __init__(
        self,
        ports: PortIndex,
        new_epoch: Callable[[], str],
        lost_after_s: float = 3600.0,
        tombstones: int = TOMBSTONES,
    ) -> None:
        self._ports, self._new_epoch, self._lost_after_s = ports, new_epoch, lost_after_s
        self._tombstones = tombstones
        self._inbox: deque[Batch | list[int]] = deque()
        self.recorders: list[Callable[[Batch], None]] = []
        self._tracks, self._tracks_lock = Tracks(), threading.Lock()
        self._sources: dict[str, bool] = {}
        self.dropped: Counter[str] = Counter()
        self.reports: Counter[str] = Counter()
        self._epoch, self._seq, self._now, self._spared = "", 0, 0.0, 0
        self._snapshot: Snapshot
        self._empty(0.0)

    def put(self, batch: Batch) -> None:
        """Hand over reports; they count from the next `advance`. Never blocks."""
        self._inbox.append(batch)

    def delete(self, mmsi: Iterable[int]) -> None:
        """Take vessels out, at the next `advance`, after what was put before. Unknown ones are ignored."""
        self._inbox.append(list(mmsi))

    def spare_silent(self) -> None:
        """The clock is about to be set ahead: for a few `advance`s silence is no loss, until everybody has reported."""
        self._spared = _SPARED

    def snapshot(self) -> Snapshot:
        """The newest Snapshot."""
        return self._snapshot

    def track(self, mmsi: int) -> dict[str, NDArray[Any]]:
        """Past positions, oldest first: `t` int64 ms, `lat` and `lon` degrees, `sog` knots (NaN: not known)."""
        row = self._snapshot.find(mmsi=mmsi)
        with self._tracks_lock:
            points = self._tracks.read(row) if row is not None else np.zeros(0, POINT)
        sog = np.where(points["sog"] == fields.U2_NA, np.nan, points["sog"] / 10)
        return {
            "t": points["t"],
            "lat": points["lat"] / fields.LATLON_SCALE,
            "lon": points["lon"] / fields.LATLON_SCALE,
            "sog": sog,
        }

    def advance(self, now: float) -> Snapshot:
        """Merge what was put, remove the silent; a new Snapshot if anything changed. One thread only."""
        items = self._drained()
        if now < self._now - 1.0:
            self._empty(now)
            # what was still under way when the clock was set back
            items = [item for item in items if isinstance(item, Batch) and item.t.max(initial=0) <= (now + 1) * 1000]
        self._now = now
        before = self._seq
        self._seq += 1
        changed = sum([self._apply(item) for item in items])
        if self._spared:
            self._spared -= 1
        else:
            changed += self._expire()
        if changed:
            self._publish()
        else:
            self._seq = before
        return self._snapshot

    def _drained(self) -> list[Batch | list[int]]:
        drained = [self._inbox.popleft() for _ in range(len(self._inbox))]
        for item in drained:
            if isinstance(item, Batch) and self.recorders:
                dated = replace(item, epoch=self._epoch)
                for record in self.recorders:
                    record(dated)
        return drained

    def _apply(self, item: Batch | list[int]) -> int:
        if isinstance(item, Batch):
            return self._merge(item)
        return self._remove([self._row_of[m] for m in dict.fromkeys(item) if m in self._row_of], DELETED)

    def _empty(self, now: float) -> None:
        """Forget everything and begin a new epoch."""
        self._epoch, self._seq, self._now = self._new_epoch(), 0, now
        self._columns = {f.name: np.zeros(0, f.dtype) for f in (*fields.DERIVED, *fields.MOVING)}
        self._static = {f.name: np.zeros(0, f.dtype) for f in fields.STATIC}
        self._row_of: dict[int, int] = {}
        self._free: list[int] = []
        self._used = 0
        self._removals = Removals.none()
        self._static_seq, self._static_changed = 0, True
        with self._tracks_lock:
            self._tracks.clear()
        self._publish()

    def _merge(self, batch: Batch) -> int:
        self._sources.setdefault(batch.source, batch.simulated)
        self.dropped.update({f"{batch.source}: {reason}": n for reason, n in batch.rejected.items()})
        if not batch.moving and not batch.static:
            return 0
        self.reports[batch.source] += len(batch.mmsi)
        on_time = np.flatnonzero(batch.t <= self._now * 1000 + FUTURE_MS)
        self.dropped["in the future"] += len(batch.t) - len(on_time)
        order = on_time[np.lexsort((batch.t[on_time], batch.mmsi[on_time]))]
        newest = order[np.flatnonzero(np.diff(batch.mmsi[order], append=np.uint32(0)))]
        rows = self._rows(batch.mmsi[newest])
        changed = self._merge_static(rows, newest, batch) if batch.static else 0
        return changed + (self._merge_moving(rows, newest, batch) if batch.moving else 0)

    def _merge_moving(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> int:
        rows, picked = self._newer("t", rows, picked, batch)
        self._columns["seq"][rows] = self._seq
        for name, values in batch.moving.items():
            if name not in ("lat", "lon"):
                self._columns[name][rows] = values[picked]
        if "lat" in batch.moving:
            lat, lon = batch.moving["lat"][picked], batch.moving["lon"][picked]
            known = (lat != fields.LAT_NA) & (lon != fields.LON_NA)
            self._columns["lat"][rows[known]], self._columns["lon"][rows[known]] = lat[known], lon[known]
        source = list(self._sources).index(batch.source)
        self._note_static(rows[self._columns["source"][rows] != source])
        self._columns["source"][rows] = source
        self._judge_status(rows)
        self._extend_tracks(rows)
        return len(rows)

    def _merge_static(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> int:
        rows, picked = self._newer("static_t", rows, picked, batch)
        differs = self._static["static_seq"][rows] == self._seq
        for name, values in batch.static.items():
            new = np.asarray(values, self._static[name].dtype)[picked]
            differs |= self._static[name][rows] != new
            self._static[name][rows] = new
        self._columns["seq"][rows[differs]] = self._seq
        self._note_static(rows[differs])
        return int(np.count_nonzero(differs))

    def _note_static(self, rows: NDArray[np.intp]) -> None:
        """Static data of `rows` changed: those that repeat what is known don't count, and cost no copy."""
        if len(rows):
            self._static["static_seq"][rows] = self._static_seq = self._seq
            self._static_changed = True

    def _newer(
        self, time: str, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows whose report is newer than what is known; their time is taken over."""
        newer = batch.t[picked] > self._columns[time][rows]
        self.dropped["older than known"] += int(np.count_nonzero(~newer))
        rows, picked = rows[newer], picked[newer]
        self._columns[time][rows] = batch.t[picked]
        return rows, picked

    def _judge_status(self, rows: NDArray[np.intp]) -> None:
        """In port: moored, or at rest within a port. Anchored: says so. Else at sea."""
        nav, sog = self._columns["nav_status"][rows], self._columns["sog"][rows]
        resting = (sog < 5) | (nav == fields.NAV_MOORED) | (nav == fields.NAV_AT_ANCHOR)
        port = np.full(len(rows), -1, np.int16)
        near = np.full(len(rows), -1, np.int16)
        at = rows[resting]
        lat, lon = (self._columns[name][at] / fields.LATLON_SCALE for name in ("lat", "lon"))
        near[resting] = self._ports.nearest(lat, lon, ANCHORAGE_RANGE_NM)
        port[resting] = self._ports.nearest(lat, lon, PORT_RANGE_NM)
        status = np.where(nav == fields.NAV_MOORED, fields.IN_PORT, fields.AT_SEA)
        status[(sog < 5) & (port >= 0)] = fields.IN_PORT
        status[nav == fields.NAV_AT_ANCHOR] = fields.ANCHORED
        self._columns["status"][rows] = status
        self._columns["port"][rows] = np.where(status == fields.AT_SEA, -1, near)

    def _extend_tracks(self, rows: NDArray[np.intp]) -> None:
        rows = rows[self._columns["lat"][rows] != fields.LAT_NA]
        points = np.zeros(len(rows), POINT)
        for name in POINT.names or ():
            points[name] = self._columns[name][rows]
        with self._tracks_lock:
            self._tracks.append(rows, points)

    def _rows(self, mmsi: NDArray[np.uint32]) -> NDArray[np.intp]:
        """Rows of `mmsi`, created where unknown. A dictionary look-up each: about 0.1 us a vessel."""
        known = self._row_of
        return np.array([known[m] if m in known else self._create(m) for m in mmsi.tolist()], np.intp)

    def _create(self, mmsi: int) -> int:
        row = self._free.pop() if self._free else self._used
        if row == self._used:
            self._used += 1
            if self._used > len(self._columns["mmsi"]):
                self._grow(max(64, 2 * self._used))
        for item in (*fields.DERIVED, *fields.MOVING):
            self._columns[item.name][row] = item.missing
        for item in fields.STATIC:
            self._static[item.name][row] = item.missing
        self._columns["mmsi"][row] = mmsi
        self._static["flag"][row] = flag_of(mmsi)
        self._row_of[mmsi] = row
        self._static["static_seq"][row] = self._static_seq = self._seq
        self._static_changed = True
        return row

    def _grow(self, capacity: int) -> None:
        for columns in (self._columns, self._static):
            for name, column in columns.items():
                grown = np.zeros(capacity, column.dtype)
                grown[: len(column)] = column
                columns[name] = grown

    def _expire(self) -> int:
        """Remove vessels that were silent for `lost_after_s` of the clock's time."""
        used = slice(0, self._used)
        heard = np.maximum(self._columns["t"][used], self._columns["static_t"][used])
        silent = (heard < (self._now - self._lost_after_s) * 1000) & (self._columns["mmsi"][used] > 0)
        return self._remove(np.flatnonzero(silent).tolist(), LOST)

    def _remove(self, rows: list[int], reason: int) -> int:
        """Take rows out. A row that somebody may hold is used again only when its tombstone has left the ring."""
        if not rows:
            return 0
        mmsi = self._columns["mmsi"][rows].copy()
        for row, number in zip(rows, mmsi.tolist(), strict=True):
            del self._row_of[number]
            with self._tracks_lock:
                self._tracks.drop(row)
        self._columns["mmsi"][rows] = 0
        graves = np.zeros(len(rows), TOMBSTONE)
        graves["seq"], graves["mmsi"], graves["row"], graves["reason"] = self._seq, mmsi, rows, reason
        # who never had a position is in no list, and nobody has to be told
        listed = self._columns["lat"][rows] != fields.LAT_NA
        self._removals, free = self._removals.extended(graves[listed], self._tombstones)
        self._free += free.tolist() + graves["row"][~listed].tolist()
        return len(rows)

    def _publish(self) -> None:
        used = slice(0, self._used)
        static = (
            {name: column[used].copy() for name, column in self._static.items()}
            if self._static_changed
            else self._snapshot.static_columns
        )
        self._static_changed = False
        self._snapshot = Snapshot(
            epoch=self._epoch,
            seq=self._seq,
            now=self._now,
            columns={name: column[used].copy() for name, column in self._columns.items()},
            static_columns=static,
            sources=tuple(self._sources),
            simulated=tuple(self._sources.values()),
            port_names=self._ports.names,
            port_countries=self._ports.countries,
            static_seq=self._static_seq,
            removals=self._removals,
        )

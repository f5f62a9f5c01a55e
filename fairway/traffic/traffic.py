"""Traffic: the latest state of every vessel. Anybody puts Batches; one thread advances; everybody reads Snapshots."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.batch import Batch, SourceReport
from fairway.traffic.flag_state import flag_of
from fairway.traffic.interfaces import TrackHistory
from fairway.traffic.plausibility import Plausibility, reject_impossible
from fairway.traffic.removals import DELETED, LOST, TOMBSTONE, TOMBSTONES, Removals
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.stations import Stations
from fairway.traffic.status import of
from fairway.traffic.tracks import POINT, Tracks

FUTURE_MS = 60_000
LATEST_MS = 86_400_000
"""What comes later than a day after its event is history, and not in the track."""
ECHO_MS = 30_000
"""The same values from another source within this time are the same transmission."""
_SPARED = 4


@dataclass(frozen=True, slots=True)
class SavedState:
    """State of a Traffic for a checkpoint.

    Attributes:
        snapshot: the newest.
        rows: intp[k], the rows that have changed.
        plausibility: STATE[k], the plausibility of these rows.
        journal: changes of the tracks since the last call, as `tracks.replay_journal` takes them.

    """

    snapshot: Snapshot
    rows: NDArray[np.intp]
    plausibility: NDArray[Any]
    journal: list[tuple[int, Any]]


class Traffic:
    """Merges reports by MMSI: the newest event time wins. One writer, `advance`; `put` may come from any thread.

    Attributes:
        ports: in which vessels may be.
        recorders: get every drained Batch, whether or not its reports are news; they must not block.
        feeds: states of feeds in another process, as `FeedStates.states` gives them; only a Replica has some.
        tick_s: wall seconds between two calls of `advance`.
        past: reads what was before; None where no history is kept.

    """

    tick_s = 0.25

    def __init__(
        self,
        ports: PortIndex,
        new_epoch: Callable[[], str],
        lost_after_s: float = 3600.0,
        tombstones: int = TOMBSTONES,
    ) -> None:
        self.ports, self._new_epoch, self._lost_after_s = ports, new_epoch, lost_after_s
        self._tombstones = tombstones
        self._inbox: deque[Batch | SourceReport | list[int]] = deque()
        self.recorders: list[Callable[[Batch], None]] = []
        self.feeds: tuple[dict[str, Any], ...] = ()
        self.past: TrackHistory | None = None
        self._tracks, self._tracks_lock = Tracks(), threading.Lock()
        self._sources: dict[str, bool] = {}
        self._stations = Stations()
        self.dropped: Counter[str] = Counter()
        self.reports: Counter[str] = Counter()
        self._epoch, self._seq, self._now, self._spared = "", 0, 0.0, 0
        self._row_of: dict[int, int] = {}
        self._free: list[int] = []
        self._snapshot: Snapshot
        self._empty(0.0)

    def put(self, item: Batch | SourceReport) -> None:
        """Hand over reports; they count from the next `advance`. Never blocks."""
        self._inbox.append(item)

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

    def keep_journal(self) -> None:
        """From now on remember how tracks change, for `saved`."""
        with self._tracks_lock:
            self._tracks.keep_journal()

    def saved(self, since: int) -> SavedState:
        """State for a checkpoint: what changed after seq `since`. To be called between two `advance`s."""
        rows = np.flatnonzero(self._snapshot.columns["seq"] > since)
        with self._tracks_lock:
            return SavedState(self._snapshot, rows, self._doubts.saved(rows), self._tracks.take_journal())

    def restore(self, kept: Snapshot, doubts: NDArray[Any], track_rows: NDArray[np.intp], points: NDArray[Any]) -> None:
        """Be as a Traffic was whose Snapshot is `kept`, before anything was put.

        Args:
            kept: where to go on; its arrays are taken over.
            doubts: STATE[rows of it].
            track_rows: intp[n], parallel to `points`, as `Tracks.restore` takes them.
            points: POINT[n].

        """
        self._epoch, self._seq, self._now = kept.epoch, kept.seq, kept.now
        self._columns, self._static = dict(kept.columns), dict(kept.static_columns)
        self._sources = dict(zip(kept.sources, kept.simulated, strict=True))
        self._stations = Stations(kept.stations)
        mmsi = kept.columns["mmsi"]
        self._used = len(mmsi)
        self._row_of = {int(mmsi[row]): row for row in np.flatnonzero(mmsi).tolist()}
        self._free = np.setdiff1d(np.flatnonzero(mmsi == 0), kept.removals.entries["row"]).tolist()
        self._removals, self._static_seq, self._static_changed = kept.removals, kept.static_seq, True
        self._doubts.restore(np.arange(self._used), doubts)
        with self._tracks_lock:
            self._tracks.restore(track_rows, points)
        self._publish()

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

    def _drained(self) -> list[Batch | SourceReport | list[int]]:
        waiting = [self._inbox.popleft() for _ in range(len(self._inbox))]
        drained = [reject_impossible(item, self.dropped) if isinstance(item, Batch) else item for item in waiting]
        for item in drained:
            if isinstance(item, Batch) and self.recorders:
                dated = replace(item, epoch=self._epoch)
                for record in self.recorders:
                    record(dated)
        return drained

    def _apply(self, item: Batch | SourceReport | list[int]) -> int:
        if isinstance(item, Batch):
            return self._merge(item)
        if isinstance(item, SourceReport):
            self.dropped.update({f"{item.source}: {reason}": n for reason, n in item.rejected.items()})
            return 0
        return self._remove([self._row_of[m] for m in dict.fromkeys(item) if m in self._row_of], DELETED)

    def _empty(self, now: float) -> None:
        """Forget everything and begin a new epoch."""
        self._epoch, self._seq, self._now = self._new_epoch(), 0, now
        self._columns = {f.name: np.zeros(0, f.dtype) for f in (*fields.DERIVED, *fields.MOVING)}
        self._static = {f.name: np.zeros(0, f.dtype) for f in fields.STATIC}
        self._row_of, self._free, self._used = {}, [], 0
        self._removals, self._doubts = Removals.none(), Plausibility()
        self._static_seq, self._static_changed = 0, True
        with self._tracks_lock:
            self._tracks.clear()
        self._publish()

    def _merge(self, batch: Batch) -> int:
        self._sources.setdefault(batch.source, batch.simulated)
        if not batch.moving and not batch.static:
            return 0
        self.reports[batch.source] += len(batch.mmsi)
        on_time = np.flatnonzero(batch.t <= self._now * 1000 + FUTURE_MS)
        self.dropped["in the future"] += len(batch.t) - len(on_time)
        order = on_time[np.lexsort((batch.t[on_time], batch.mmsi[on_time]))]
        first = np.flatnonzero(np.diff(batch.mmsi[order].astype(np.int64), prepend=-1))
        count = np.diff(first, append=len(order))
        rows, heard = self._admitted(batch, order[first])
        first, count = first[heard], count[heard]
        # a vessel's reports one after the other, all vessels at once: nearly always one turn
        changed = 0
        for turn in range(int(count.max(initial=0))):
            more = count > turn
            changed += self._merge_turn(rows[more], order[first[more] + turn], batch)
        if batch.moving:
            self._judge_status(rows)
        return changed

    def _admitted(self, batch: Batch, picked: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Rows for the distinct MMSIs of `picked`, and which may report: a real vessel wins over a made-up one."""
        source = list(self._sources).index(batch.source)
        rows = self._rows(batch.mmsi[picked], source)
        made_up = np.array(list(self._sources.values()))[self._columns["source"][rows]]
        if self._sources[batch.source]:
            self.dropped["simulated under a real vessel's MMSI"] += int(np.count_nonzero(~made_up))
            return rows[made_up], made_up
        if made_up.any():
            self._remove(rows[made_up].tolist(), DELETED)
            rows = self._rows(batch.mmsi[picked], source)
        return rows, np.ones(len(rows), bool)

    def _merge_turn(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> int:
        """One report each of distinct `rows`."""
        changed = self._merge_static(rows, picked, batch) if batch.static else 0
        return changed + (self._merge_moving(rows, picked, batch) if batch.moving else 0)

    def _merge_moving(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> int:
        rows, picked = self._newer(rows, picked, batch)
        heard = len(rows)
        rows, picked = self._believed(rows, picked, batch)
        self._columns["t"][rows] = batch.t[picked]
        self._columns["seq"][rows] = self._seq
        for name, values in batch.moving.items():
            if name not in ("lat", "lon"):
                self._columns[name][rows] = values[picked]
        if "lat" in batch.moving:
            known = _positioned(batch, picked)
            # who now enters the lists is told of with its static data, however old
            self._note_static(rows[known & (self._columns["lat"][rows] == fields.LAT_NA)])
            for name in ("lat", "lon"):
                self._columns[name][rows[known]] = batch.moving[name][picked[known]]
        source = list(self._sources).index(batch.source)
        self._note_static(rows[self._columns["source"][rows] != source])
        self._columns["source"][rows] = source
        self._columns["received"][rows] = batch.received or 0
        self._columns["station"][rows] = self._stations.codes(batch, picked)
        self._columns["doubt"][rows] = self._doubts.codes(rows, batch.t[picked])
        self._extend_tracks(rows)
        return heard

    def _newer(
        self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The reports that are news: newer than what is known, and not what another source has just told."""
        t, known_t = batch.t[picked], self._columns["t"][rows]
        late = t < known_t
        if late.any():
            self.dropped["older than known"] += int(np.count_nonzero(late))
            self._insert_late(rows[late], picked[late], batch)
        source = list(self._sources).index(batch.source)
        echo = (self._columns["source"][rows] != source) & (t - known_t < ECHO_MS)
        if echo.any():
            for name, values in batch.moving.items():
                echo &= values[picked] == self._columns[name][rows]
        again = ~late & (echo | (t == known_t))
        self.dropped["duplicate"] += int(np.count_nonzero(again))
        news = ~late & ~again
        return rows[news], picked[news]

    def _believed(
        self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The reports whose positions a ship can have reached; the others are counted and put the vessel in doubt."""
        if "lat" not in batch.moving:
            return rows, picked
        known = np.flatnonzero(_positioned(batch, picked))
        lat, lon = (batch.moving[name][picked[known]] for name in ("lat", "lon"))
        good, moved = self._doubts.judge(rows[known], batch.t[picked[known]], lat, lon)
        if good.all() and not len(moved):
            return rows, picked
        self.dropped["implausible jump"] += int(np.count_nonzero(~good))
        with self._tracks_lock:
            for row in moved.tolist():
                self._tracks.drop(row)
        odd = known[~good]
        self._columns["doubt"][rows[odd]] = self._doubts.codes(rows[odd], batch.t[picked[odd]])
        self._columns["seq"][rows[odd]] = self._seq
        kept = np.ones(len(rows), bool)
        kept[odd] = False
        return rows[kept], picked[kept]

    def _insert_late(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> None:
        """Positions that came late enter the tracks, one by one: about 50 us each."""
        if "lat" not in batch.moving:
            return
        sound = _positioned(batch, picked) & (batch.t[picked] > self._now * 1000 - LATEST_MS)
        rows, picked = rows[sound], picked[sound]
        points = np.zeros(len(rows), POINT)
        points["t"] = batch.t[picked]
        for name in ("lat", "lon", "sog", "cog"):
            points[name] = batch.moving[name][picked] if name in batch.moving else fields.U2_NA
        with self._tracks_lock:
            for row, point in zip(rows.tolist(), points, strict=True):
                self.dropped[f"late, in the track: {self._tracks.insert(row, point)}"] += 1

    def _merge_static(self, rows: NDArray[np.intp], picked: NDArray[np.intp], batch: Batch) -> int:
        # not older, rather than newer: a name and a call sign of the same moment come in two messages
        newer = batch.t[picked] >= self._columns["static_t"][rows]
        self.dropped["older than known"] += int(np.count_nonzero(~newer))
        rows, picked = rows[newer], picked[newer]
        self._columns["static_t"][rows] = batch.t[picked]
        differs = self._static["static_seq"][rows] == self._seq
        for name, values in batch.static.items():
            new = np.asarray(values, self._static[name].dtype)[picked]
            differs |= self._static[name][rows] != new
            self._static[name][rows] = new
        if "destination" in batch.static:
            at = rows[differs]
            ports = [self.ports.resolve(text) for text in self._static["destination"][at]]
            self._static["destination_port"][at] = ports
        self._columns["seq"][rows[differs]] = self._seq
        self._note_static(rows[differs])
        return int(np.count_nonzero(differs))

    def _note_static(self, rows: NDArray[np.intp]) -> None:
        """Static data of `rows` changed: those that repeat what is known don't count, and cost no copy."""
        if len(rows):
            self._static["static_seq"][rows] = self._static_seq = self._seq
            self._static_changed = True

    def _judge_status(self, rows: NDArray[np.intp]) -> None:
        judging = {name: self._columns[name][rows] for name in ("nav_status", "sog", "lat", "lon")}
        self._columns["status"][rows], self._columns["port"][rows] = of(self.ports, judging)

    def _extend_tracks(self, rows: NDArray[np.intp]) -> None:
        rows = rows[self._columns["lat"][rows] != fields.LAT_NA]
        points = np.zeros(len(rows), POINT)
        for name in POINT.names or ():
            points[name] = self._columns[name][rows]
        with self._tracks_lock:
            self._tracks.append(rows, points)

    def _rows(self, mmsi: NDArray[np.uint32], source: int) -> NDArray[np.intp]:
        """Rows of `mmsi`, created where unknown. A dictionary look-up each: about 0.1 us a vessel."""
        known = self._row_of
        return np.array([known[m] if m in known else self._create(m, source) for m in mmsi.tolist()], np.intp)

    def _create(self, mmsi: int, source: int) -> int:
        row = self._free.pop() if self._free else self._used
        if row == self._used:
            self._used += 1
            if self._used > len(self._columns["mmsi"]):
                self._grow(max(64, 2 * self._used))
        for item in (*fields.DERIVED, *fields.MOVING):
            self._columns[item.name][row] = item.missing
        for item in fields.STATIC:
            self._static[item.name][row] = item.missing
        self._columns["mmsi"][row], self._columns["source"][row] = mmsi, source
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
        self._doubts.forget(rows)
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
            stations=tuple(self._stations.names),
            port_names=self.ports.names,
            port_countries=self.ports.countries,
            static_seq=self._static_seq,
            removals=self._removals,
        )


def _positioned(batch: Batch, picked: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the picked reports say where they are."""
    lat, lon = batch.moving["lat"][picked], batch.moving["lon"][picked]
    return np.asarray((lat != fields.LAT_NA) & (lon != fields.LON_NA))

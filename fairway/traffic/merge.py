"""Merger: merges Batches into a VesselTable, vessel by vessel. The newest event time wins."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.derived import status
from fairway.traffic.removals import DELETED
from fairway.traffic.table import VesselTable
from fairway.traffic.tracks import POINT

FUTURE_MS = 60_000
"""A report dated further ahead of the clock is dropped."""
MAX_LATE_MS = 86_400_000
"""A report that arrives later than a day after its event does not enter the track."""
ECHO_MS = 30_000
"""The same values from another source within this time are the same transmission."""
Rows = NDArray[np.intp]
Indices = NDArray[np.intp]
"""Indices of reports in a Batch, parallel to Rows."""


class Merger:
    """Merges reports into `table` and counts those that it drops.

    Attributes:
        dropped: reports that were not merged, by reason.
        reports: reports that arrived, by source.

    """

    def __init__(self, table: VesselTable) -> None:
        self._table = table
        self.dropped: Counter[str] = Counter()
        self.reports: Counter[str] = Counter()

    def merge(self, batch: Batch) -> int:
        """Merge a batch; return how many rows changed."""
        table = self._table
        source = table.source_code(batch)
        if not batch.moving and not batch.static:
            return 0
        self.reports[batch.source] += len(batch.mmsi)
        on_time = np.flatnonzero(batch.t <= table.now * 1000 + FUTURE_MS)
        self.dropped["in the future"] += len(batch.t) - len(on_time)
        order = on_time[np.lexsort((batch.t[on_time], batch.mmsi[on_time]))]
        first = np.flatnonzero(np.diff(batch.mmsi[order].astype(np.int64), prepend=-1))
        count = np.diff(first, append=len(order))
        rows, admitted = self._admit(batch, order[first], source)
        first, count = first[admitted], count[admitted]
        # each pass merges one report of every vessel: nearly always there is one pass
        changed = 0
        for turn in range(int(count.max(initial=0))):
            more = count > turn
            changed += self._merge_one_each(rows[more], order[first[more] + turn], batch)
        if batch.moving:
            self._update_status(rows)
        return changed

    def _admit(self, batch: Batch, picked: Indices, source: int) -> tuple[Rows, NDArray[np.bool_]]:
        """Rows for the distinct MMSIs of `picked`, and which may report: a real vessel displaces a simulated one."""
        table = self._table
        rows = table.rows(batch.mmsi[picked], source)
        simulated = np.array(list(table.sources.values()))[table.columns["source"][rows]]
        if table.sources[batch.source]:
            self.dropped["simulated under a real vessel's MMSI"] += int(np.count_nonzero(~simulated))
            return rows[simulated], simulated
        if simulated.any():
            table.remove(rows[simulated].tolist(), DELETED)
            rows = table.rows(batch.mmsi[picked], source)
        return rows, np.ones(len(rows), bool)

    def _merge_one_each(self, rows: Rows, picked: Indices, batch: Batch) -> int:
        """Merge one report for each of distinct `rows`; return how many rows changed."""
        changed = self._merge_static(rows, picked, batch) if batch.static else 0
        return changed + (self._merge_moving(rows, picked, batch) if batch.moving else 0)

    def _merge_moving(self, rows: Rows, picked: Indices, batch: Batch) -> int:
        table, columns = self._table, self._table.columns
        rows, picked = self._select_newer(rows, picked, batch)
        newer = len(rows)
        rows, picked = self._select_plausible(rows, picked, batch)
        columns["t"][rows] = batch.t[picked]
        columns["seq"][rows] = table.seq
        for name, values in batch.moving.items():
            if name not in ("lat", "lon"):
                columns[name][rows] = values[picked]
        if "lat" in batch.moving:
            known = _positioned(batch, picked)
            # with its first position a vessel enters the lists, and its static data, however old, must be sent
            table.mark_static(rows[known & (columns["lat"][rows] == fields.LAT_NA)])
            for name in ("lat", "lon"):
                columns[name][rows[known]] = batch.moving[name][picked[known]]
        source = table.source_code(batch)
        table.mark_static(rows[columns["source"][rows] != source])
        columns["source"][rows] = source
        columns["received"][rows] = batch.received or 0
        columns["station"][rows] = table.stations.codes(batch, picked)
        columns["doubt"][rows] = table.plausibility.codes(rows, batch.t[picked])
        table.extend_tracks(rows)
        return newer

    def _select_newer(self, rows: Rows, picked: Indices, batch: Batch) -> tuple[Rows, Indices]:
        """The reports that are newer than the table, except repetitions of another source's report."""
        columns = self._table.columns
        t, known_t = batch.t[picked], columns["t"][rows]
        late = t < known_t
        if late.any():
            self.dropped["older than known"] += int(np.count_nonzero(late))
            self._insert_late(rows[late], picked[late], batch)
        echo = (columns["source"][rows] != self._table.source_code(batch)) & (t - known_t < ECHO_MS)
        if echo.any():
            for name, values in batch.moving.items():
                echo &= values[picked] == columns[name][rows]
        repeated = ~late & (echo | (t == known_t))
        self.dropped["duplicate"] += int(np.count_nonzero(repeated))
        newer = ~late & ~repeated
        return rows[newer], picked[newer]

    def _select_plausible(self, rows: Rows, picked: Indices, batch: Batch) -> tuple[Rows, Indices]:
        """The reports whose positions a ship can have reached; the others are counted and set `doubt`."""
        if "lat" not in batch.moving:
            return rows, picked
        table = self._table
        known = np.flatnonzero(_positioned(batch, picked))
        lat, lon = (batch.moving[name][picked[known]] for name in ("lat", "lon"))
        accepted, moved = table.plausibility.check(rows[known], batch.t[picked[known]], lat, lon)
        if accepted.all() and not len(moved):
            return rows, picked
        self.dropped["implausible jump"] += int(np.count_nonzero(~accepted))
        for row in moved.tolist():
            table.tracks.drop(row)
        rejected = known[~accepted]
        at = rows[rejected]
        table.columns["doubt"][at] = table.plausibility.codes(at, batch.t[picked[rejected]])
        table.columns["seq"][at] = table.seq
        plausible = np.ones(len(rows), bool)
        plausible[rejected] = False
        return rows[plausible], picked[plausible]

    def _insert_late(self, rows: Rows, picked: Indices, batch: Batch) -> None:
        """Insert late positions into the tracks, one by one: about 50 us each."""
        if "lat" not in batch.moving:
            return
        usable = _positioned(batch, picked) & (batch.t[picked] > self._table.now * 1000 - MAX_LATE_MS)
        rows, picked = rows[usable], picked[usable]
        points = np.zeros(len(rows), POINT)
        points["t"] = batch.t[picked]
        for name in ("lat", "lon", "sog", "cog"):
            points[name] = batch.moving[name][picked] if name in batch.moving else fields.U2_NA
        for row, point in zip(rows.tolist(), points, strict=True):
            self.dropped[f"late, in the track: {self._table.tracks.insert(row, point)}"] += 1

    def _merge_static(self, rows: Rows, picked: Indices, batch: Batch) -> int:
        table, columns, static = self._table, self._table.columns, self._table.static
        # not older, rather than newer: a name and a call sign of the same moment come in two messages
        current = batch.t[picked] >= columns["static_t"][rows]
        self.dropped["older than known"] += int(np.count_nonzero(~current))
        rows, picked = rows[current], picked[current]
        columns["static_t"][rows] = batch.t[picked]
        differs = static["static_seq"][rows] == table.seq
        for name, values in batch.static.items():
            new = np.asarray(values, static[name].dtype)[picked]
            differs |= static[name][rows] != new
            static[name][rows] = new
        if "destination" in batch.static:
            at = rows[differs]
            static["destination_port"][at] = [table.ports.resolve(text) for text in static["destination"][at]]
        columns["seq"][rows[differs]] = table.seq
        table.mark_static(rows[differs])
        return int(np.count_nonzero(differs))

    def _update_status(self, rows: Rows) -> None:
        columns = self._table.columns
        reported = {name: columns[name][rows] for name in ("nav_status", "sog", "lat", "lon")}
        columns["status"][rows], columns["port"][rows] = status.of(self._table.ports, reported)


def _positioned(batch: Batch, picked: Indices) -> NDArray[np.bool_]:
    """Which of the picked reports have a position."""
    lat, lon = batch.moving["lat"][picked], batch.moving["lon"][picked]
    return np.asarray((lat != fields.LAT_NA) & (lon != fields.LON_NA))

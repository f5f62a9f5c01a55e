"""Replica: a Traffic that another process advances. What changes there comes as Entries, one for each seq.

Epoch, seq and rows are those of the original: a client can go on at any replica with the cursor it has.
"""

from __future__ import annotations

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray

from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.traffic.delta import Area, ClusterMessage, Packed, TrafficDelta, removals_after, rows_of, write
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.stations import Stations
from fairway.traffic.traffic import Traffic


class Replica(Traffic):
    """Follows the Traffic of another process: all readers of a Traffic can read it. It ignores Batches.

    Args:
        ports: as the original has them.
        events: gets the original's alerts.

    Attributes:
        beside: what the last TrafficDelta told besides the Traffic, None before the first.
        zones: those of the original, as told last.

    """

    tick_s = 0.05  # a client that comes from another web process must not be ahead of this one

    def __init__(self, ports: PortIndex, events: EventLog) -> None:
        super().__init__(ports, lambda: "")
        self._events, self._heard = events, threading.Condition()
        self._deltas: deque[TrafficDelta] = deque()
        self.beside: ClusterMessage | None = None
        self.zones: tuple[Area, ...] = ()

    def put_delta(self, delta: TrafficDelta) -> None:
        """Hand over the next delta; it counts from the next `advance`. Never blocks."""
        self._deltas.append(delta)

    def wait_for(self, fence: int, orders: int, within_s: float) -> bool:
        """Wait until an TrafficDelta of the publisher with `fence` tells of so many orders, or of a later one; whether."""

        def told() -> bool:
            return self.beside is not None and (self.beside.fence, self.beside.orders) >= (fence, orders)

        with self._heard:
            return self._heard.wait_for(told, within_s)

    def advance(self, now: float) -> Snapshot:
        """Apply what was taken. The clock and the silent are the original's business."""
        del now
        self._inbox.clear()
        adopted, last = 0, None
        for entry in [self._deltas.popleft() for _ in range(len(self._deltas))]:
            if (entry.epoch, entry.seq) != (self._epoch, self._seq):
                self._adopt(entry)
                adopted += 1
            last = entry.beside
            self._tell(last)
        if adopted:
            self._publish()
        if last:
            with self._heard:
                self.beside = last
                self._heard.notify_all()
        return self._snapshot

    def _tell(self, beside: ClusterMessage) -> None:
        self.feeds = beside.feeds
        self.zones = self.zones if beside.zones is None else beside.zones
        self._events.adopt_gap(beside.events_gap)
        for event in beside.events:
            self._events.adopt(event)
        if beside.acknowledged is not None:
            self._events.acknowledge(beside.acknowledged)

    def _adopt(self, entry: TrafficDelta) -> None:
        if entry.epoch != self._epoch:
            self._empty(entry.now)
        self._epoch, self._seq, self._now = entry.epoch, entry.seq, entry.now
        self._sources = dict(zip(entry.sources, entry.simulated, strict=True))
        self._stations = Stations(entry.stations)
        if entry.count > len(self._columns["mmsi"]):
            self._grow(max(64, 2 * entry.count))
        self._used = entry.count
        rows, static_rows = rows_of(entry)
        moved = self._written(rows, entry.columns)
        write(self._static, static_rows, entry.static)
        self._static_seq, self._static_changed = entry.static_seq, self._static_changed or len(static_rows) > 0
        self._removals = removals_after(self._removals, entry)
        self.reports["redis"] += len(rows)
        self._extend_tracks(moved)

    def _written(self, rows: NDArray[np.intp], columns: Packed) -> NDArray[np.intp]:
        """Take over the columns of `rows`; those of which a vessel has a new position."""
        mmsi, t = self._columns["mmsi"][rows], self._columns["t"][rows]
        write(self._columns, rows, columns)
        for row in rows[(self._columns["mmsi"][rows] != mmsi) & (mmsi > 0)].tolist():
            with self._tracks_lock:
                self._tracks.drop(row)
        moved = (self._columns["mmsi"][rows] > 0) & (self._columns["t"][rows] != t)
        return np.asarray(rows[moved])

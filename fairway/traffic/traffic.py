"""Traffic: the latest state of every vessel. All threads put Batches and read Snapshots; one advances."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.batch import Batch, SourceReport
from fairway.traffic.derived.plausibility import reject_impossible
from fairway.traffic.interfaces import TrackHistory
from fairway.traffic.merge import Merger
from fairway.traffic.removals import DELETED, LOST, TOMBSTONES
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.table import VesselTable
from fairway.traffic.tracks import POINT

SUSPENDED_TICKS: Final = 4
"""Ticks without expiry after a clock jump: in these every vessel reports."""
STEP_BACK_S: Final = 1.0
"""A clock that goes back by more than this starts a new epoch."""


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

    Args:
        ports: the ports that vessels may be in.
        new_epoch: returns an id for each epoch.
        lost_after_s: a vessel that is silent for this many seconds of the clock is removed.
        tombstones: how many removals consumers can catch up with.

    Attributes:
        recorders: get every drained Batch, also those with old reports; they must not block.
        feeds: states of the feeds in another process, as `SourceHealth.states` returns them; only a Replica has some.
        tick_s: wall seconds between two calls of `advance`.
        past: reads the history; None without one.
        dropped: reports that were not merged, by reason.
        reports: reports that arrived, by source.

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
        self._inbox: deque[Batch | SourceReport | list[int]] = deque()
        self.recorders: list[Callable[[Batch], None]] = []
        self.feeds: tuple[dict[str, Any], ...] = ()
        self.past: TrackHistory | None = None
        self._table = VesselTable(ports, tombstones)
        self._merger = Merger(self._table)
        self._suspended = 0
        self._table.clear(new_epoch(), 0.0)
        self._snapshot = self._table.freeze(None)

    @property
    def dropped(self) -> Counter[str]:
        """Reports that were not merged, by reason."""
        return self._merger.dropped

    @property
    def reports(self) -> Counter[str]:
        """Reports that arrived, by source."""
        return self._merger.reports

    def put(self, item: Batch | SourceReport) -> None:
        """Hand over reports; they count from the next `advance`. Never blocks."""
        self._inbox.append(item)

    def delete(self, mmsi: Iterable[int]) -> None:
        """Remove vessels at the next `advance`, after the items put before. Unknown MMSIs are ignored."""
        self._inbox.append(list(mmsi))

    def suspend_expiry(self) -> None:
        """Suspend expiry for a few ticks, because the clock is about to jump ahead."""
        self._suspended = SUSPENDED_TICKS

    def snapshot(self) -> Snapshot:
        """The newest Snapshot."""
        return self._snapshot

    def track(self, mmsi: int) -> dict[str, NDArray[Any]]:
        """Past positions, oldest first: `t` int64 ms, `lat` and `lon` degrees, `sog` knots (NaN if unknown)."""
        row = self._snapshot.find(mmsi=mmsi)
        points = self._table.tracks.read(row) if row is not None else np.zeros(0, POINT)
        return {
            "t": points["t"],
            "lat": points["lat"] / fields.LATLON_SCALE,
            "lon": points["lon"] / fields.LATLON_SCALE,
            "sog": np.where(points["sog"] == fields.U2_NA, np.nan, points["sog"] / 10),
        }

    def keep_journal(self) -> None:
        """Record all later changes of the tracks, for `saved`."""
        self._table.tracks.keep_journal()

    def saved(self, since: int) -> SavedState:
        """State for a checkpoint: what changed after seq `since`. To be called between two `advance`s."""
        rows = np.flatnonzero(self._snapshot.columns["seq"] > since)
        table = self._table
        return SavedState(self._snapshot, rows, table.plausibility.saved(rows), table.tracks.take_journal())

    def restore(
        self, snapshot: Snapshot, plausibility: NDArray[Any], track_rows: NDArray[np.intp], points: NDArray[Any]
    ) -> None:
        """Take over the state of an earlier Traffic, before anything is put.

        Args:
            snapshot: its last Snapshot; the arrays are taken over.
            plausibility: STATE[rows of the Snapshot].
            track_rows: intp[n], parallel to `points`, as `Tracks.restore` takes them.
            points: POINT[n].

        """
        self._table.load(snapshot)
        self._table.plausibility.restore(np.arange(len(plausibility)), plausibility)
        self._table.tracks.restore(track_rows, points)
        self._publish()

    def advance(self, now: float) -> Snapshot:
        """Merge what was put and remove silent vessels; make a new Snapshot if anything changed. One thread only."""
        table = self._table
        items = self._drained()
        if now < table.now - STEP_BACK_S:
            table.clear(self._new_epoch(), now)
            self._publish()
            # reports from before the step back may still be in the inbox
            items = [item for item in items if isinstance(item, Batch) and item.t.max(initial=0) <= (now + 1) * 1000]
        table.now = now
        before = table.seq
        table.seq += 1
        changed = sum([self._apply(item) for item in items])
        if self._suspended:
            self._suspended -= 1
        else:
            changed += table.remove(table.silent_rows((now - self._lost_after_s) * 1000), LOST)
        if changed:
            self._publish()
        else:
            table.seq = before
        return self._snapshot

    def _drained(self) -> list[Batch | SourceReport | list[int]]:
        waiting = [self._inbox.popleft() for _ in range(len(self._inbox))]
        drained = [reject_impossible(item, self.dropped) if isinstance(item, Batch) else item for item in waiting]
        for item in drained:
            if isinstance(item, Batch) and self.recorders:
                dated = replace(item, epoch=self._table.epoch)
                for record in self.recorders:
                    record(dated)
        return drained

    def _apply(self, item: Batch | SourceReport | list[int]) -> int:
        """Apply one item of the inbox; return how many rows changed."""
        if isinstance(item, Batch):
            return self._merger.merge(item)
        if isinstance(item, SourceReport):
            self.dropped.update({f"{item.source}: {reason}": n for reason, n in item.rejected.items()})
            return 0
        return self._table.remove(self._table.known_rows(item), DELETED)

    def _publish(self) -> None:
        self._snapshot = self._table.freeze(self._snapshot)

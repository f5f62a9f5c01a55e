"""HeldVessels: the vessels that a filtered client has, and the changes that it must get."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairway.protocol.updates import VesselChanges
from fairway.traffic.filter import Filter
from fairway.traffic.removals import LEFT_FILTER
from fairway.traffic.snapshot import RowView, Snapshot


class HeldVessels:
    """One bit for each row of Traffic: whether the client has its vessel.

    Args:
        wanted: the filter of the client.

    """

    def __init__(self, wanted: Filter) -> None:
        self._filter = wanted
        self._bits = np.zeros(0, np.uint8)

    def match(self, view: RowView) -> NDArray[np.bool_]:
        """Return which rows pass the filter, bool[k]."""
        return self._filter.match(view)

    def full(self, snapshot: Snapshot) -> VesselChanges:
        """Return a snapshot of the vessels that pass the filter; the client has exactly these afterwards."""
        everything = snapshot.changes(0)
        matched = self.match(everything)
        held = np.zeros(len(snapshot.columns["mmsi"]), bool)
        held[everything.rows] = matched
        self._bits = np.packbits(held)
        return VesselChanges.full(RowView(snapshot, everything.rows[matched]))

    def delta(self, snapshot: Snapshot, since: int, prev: int, skipped: int, with_static: bool) -> VesselChanges:
        """Return the changes after `since`; the client has them afterwards.

        Args:
            snapshot: the newest state.
            since: seq of the last state that the filter was applied to.
            prev: seq of the last message to the client; at most `since`.
            skipped: ticks that the changes stand for besides this one.
            with_static: whether the client gets static data in messages of their own.

        """
        # rows without a change match as they did before
        view = snapshot.changes(since)
        match = self.match(view)
        held = self._unpack(snapshot)
        crossed = match != held[view.rows]
        updated = static_due = match.nonzero()[0]
        removed = _remove_deleted(snapshot, since, held, view["mmsi"][updated])
        if removed or np.count_nonzero(crossed):
            left = view["mmsi"][crossed & ~match].tolist()
            removed += [(mmsi, LEFT_FILTER) for mmsi in left]
            held[view.rows] = match
            self._bits = np.packbits(held)
        if with_static:
            new_data = view.keep("new_data", lambda: view["static_seq"] > since)
            static_due = (match & (crossed | new_data)).nonzero()[0]
        return VesselChanges(view, updated, static_due, removed, prev, conflated=skipped)

    def has(self, snapshot: Snapshot, mmsi: int) -> bool:
        """Return whether the client has the vessel `mmsi`."""
        row = snapshot.find(mmsi=mmsi)
        return row is not None and bool(self._unpack(snapshot)[row])

    def _unpack(self, snapshot: Snapshot) -> NDArray[np.bool_]:
        """Return bool[rows]: whether the client has the vessel of each row."""
        count = len(snapshot.columns["mmsi"])
        # numpy pads with zeros, except from an empty array: then the memory is uninitialised
        bits = np.unpackbits(self._bits, count=count) if len(self._bits) else np.zeros(count, np.uint8)
        return bits.view(np.bool_)


def _remove_deleted(
    snapshot: Snapshot, since: int, held: NDArray[np.bool_], updated: NDArray[np.uint32]
) -> list[tuple[int, int]]:
    """Clear the bits in `held` of vessels that left Traffic after `since`; return their MMSIs and reasons."""
    removals = snapshot.removals.since(since)
    if not len(removals):
        return []
    removals = removals[held[removals["row"]]]
    held[removals["row"]] = False
    # a vessel that was removed and has reappeared on another row is an update, not a removal
    gone = removals[~np.isin(removals["mmsi"], updated)]
    return list(zip(gone["mmsi"].tolist(), gone["reason"].tolist(), strict=True))

"""Removals: which vessels left Traffic, and when, as far back as the ring reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

REASONS: Final = ("lost", "deleted", "left_filter")
"""Why a vessel is no longer seen; Traffic itself knows the first two."""
LOST, DELETED, LEFT_FILTER = range(3)
TOMBSTONES: Final = 8192
MOST_GAPS: Final = 64
TOMBSTONE: Final = np.dtype([("seq", "u8"), ("mmsi", "u4"), ("row", "i4"), ("reason", "u1")])


@dataclass(frozen=True, slots=True, eq=False)
class Removals:
    """An immutable ring: the newest removals, in the order in which they happened.

    Attributes:
        entries: TOMBSTONE[k]: at which seq which MMSI left which row, and the index of its reason in REASONS.
        forgotten: seq of the newest removal that is no longer here; a cursor before it can't be told what it missed.
        gaps: (from, to): seqs between these two, exclusive, were told by a process that was killed before it kept what
            they stood for; a cursor there can't be told what it missed either.

    """

    entries: NDArray[Any]
    forgotten: int
    gaps: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def none() -> Removals:
        """Nothing removed yet."""
        return Removals(np.zeros(0, TOMBSTONE), 0)

    def since(self, seq: int) -> NDArray[Any]:
        """TOMBSTONE[...]: what was removed after `seq`."""
        if not len(self.entries) or self.entries["seq"][-1] <= seq:
            return self.entries[:0]
        return self.entries[np.searchsorted(self.entries["seq"], seq, side="right") :]

    def extended(self, newer: NDArray[Any], size: int) -> tuple[Removals, NDArray[np.intp]]:
        """With `newer` TOMBSTONEs, at most `size` in all; and the rows of those that fell out, now free."""
        entries = np.concatenate([self.entries, newer])
        fallen, kept = np.split(entries, [max(0, len(entries) - size)])
        forgotten = int(fallen["seq"][-1]) if len(fallen) else self.forgotten
        return Removals(kept, forgotten, self.gaps), fallen["row"].astype(np.intp)

    def reaches(self, seq: int) -> bool:
        """Whether a consumer at `seq` can be told who left since."""
        return self.forgotten <= seq and not any(first < seq < last for first, last in self.gaps)

    def after_gap(self, first: int, last: int) -> Removals:
        """With one gap more; of many the oldest is forgotten, with all before it."""
        gaps, forgotten = (*self.gaps, (first, last)), self.forgotten
        if len(gaps) > MOST_GAPS:
            forgotten, gaps = max(forgotten, gaps[0][1]), gaps[1:]
        return Removals(self.entries, forgotten, gaps)

"""Removals: the vessels that left Traffic and when, as far back as the ring reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

REASONS: Final = ("lost", "deleted", "left_filter")
"""Why a client no longer has a vessel; Traffic itself uses the first two."""
LOST, DELETED, LEFT_FILTER = range(3)
TOMBSTONES: Final = 8192
MAX_GAPS: Final = 64
TOMBSTONE: Final = np.dtype([("seq", "u8"), ("mmsi", "u4"), ("row", "i4"), ("reason", "u1")])


@dataclass(frozen=True, slots=True, eq=False)
class Removals:
    """An immutable ring: the newest removals, in the order in which they happened.

    Attributes:
        entries: TOMBSTONE[k]: at which seq which MMSI left which row, and the index of its reason in REASONS.
        forgotten: seq of the newest removal that has left the ring; a cursor before it cannot catch up.
        gaps: (from, to): a process that was killed before it saved them may have published the seqs between these two,
            exclusive; a cursor there cannot catch up either.

    """

    entries: NDArray[Any]
    forgotten: int
    gaps: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def none() -> Removals:
        """An empty ring."""
        return Removals(np.zeros(0, TOMBSTONE), 0)

    def since(self, seq: int) -> NDArray[Any]:
        """TOMBSTONE[...]: the removals after `seq`."""
        if not len(self.entries) or self.entries["seq"][-1] <= seq:
            return self.entries[:0]
        return self.entries[np.searchsorted(self.entries["seq"], seq, side="right") :]

    def extended(self, newer: NDArray[Any], size: int) -> tuple[Removals, NDArray[np.intp]]:
        """The ring with `newer` TOMBSTONEs, at most `size` in all; and the rows of those that left it, now free."""
        entries = np.concatenate([self.entries, newer])
        dropped, left = np.split(entries, [max(0, len(entries) - size)])
        forgotten = int(dropped["seq"][-1]) if len(dropped) else self.forgotten
        return Removals(left, forgotten, self.gaps), dropped["row"].astype(np.intp)

    def reaches(self, seq: int) -> bool:
        """Whether the ring has all removals after `seq`."""
        return self.forgotten <= seq and not any(first < seq < last for first, last in self.gaps)

    def after_gap(self, first: int, last: int) -> Removals:
        """The ring with one more gap; beyond MAX_GAPS it forgets the oldest gap and all removals before it."""
        gaps, forgotten = (*self.gaps, (first, last)), self.forgotten
        if len(gaps) > MAX_GAPS:
            forgotten, gaps = max(forgotten, gaps[0][1]), gaps[1:]
        return Removals(self.entries, forgotten, gaps)

"""What reading the history gives: runs, past fleets, and the error of an unreadable database; no library needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.history import frames

UTC_MODES: Final = ("live", "mixed")
"""Modes of the clock in which all runs share one time, UTC."""


class StoreError(Exception):
    """The database is unreachable, unreadable or not writable; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One epoch of Traffic in the history.

    Attributes:
        id: number in the database.
        epoch: name of the epoch in Traffic.
        mode: of the clock; None in tables of older versions.
        sources: (feed, whether its vessels are simulated) by number.
        first, last: times of the first and the last report, ms UTC, rounded to ten seconds.

    """

    id: int
    epoch: str
    mode: str | None
    sources: tuple[tuple[str, bool], ...]
    first: int
    last: int

    @property
    def utc(self) -> bool:
        """Whether its times are UTC; otherwise it is a simulation or playback with its own time."""
        return self.mode in UTC_MODES


@dataclass(frozen=True, slots=True)
class PastFleet:
    """Last reports of all vessels at a moment.

    Attributes:
        at: ms UTC.
        rows: ROW[n], each vessel's last report until then, ordered by MMSI.
        runs: runs of those vessels.
        sources: (feed, whether its vessels are simulated) by the number in `rows`.

    """

    at: int
    rows: frames.Rows
    runs: tuple[Run, ...]
    sources: tuple[tuple[str, bool], ...]


def changes(before: frames.Rows, after: frames.Rows) -> tuple[NDArray[np.bool_], list[int]]:
    """Difference of two fleets' rows: which rows of `after` are new (bool[n]), and the MMSIs that are gone."""
    place = np.searchsorted(before["mmsi"], after["mmsi"])
    same = np.zeros(len(after), bool)
    inside = np.flatnonzero(place < len(before))
    there = before[place[inside]]
    same[inside] = (there["mmsi"] == after["mmsi"][inside]) & (there["t"] == after["t"][inside])
    return ~same, np.setdiff1d(before["mmsi"], after["mmsi"]).tolist()

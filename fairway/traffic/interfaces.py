"""Protocols of objects that higher layers give to Traffic: the history that panels read."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from fairway.traffic.snapshot import Snapshot


class TrackHistory(Protocol):
    """Reads saved positions; any thread may call it."""

    def vessel(self, mmsi: int, at: int) -> tuple[Snapshot, dict[str, NDArray[Any]]]:
        """A Snapshot of `at` (ms UTC) with at most that vessel, and its track of the day before.

        Raises:
            RequestError: If the history cannot be read.

        """

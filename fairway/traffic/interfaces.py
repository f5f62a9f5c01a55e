"""Past: what panels ask of the history, where one is kept."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from fairway.traffic.snapshot import Snapshot


class TrackHistory(Protocol):
    """Reads what was, for any thread."""

    def vessel(self, mmsi: int, at: int) -> tuple[Snapshot, dict[str, NDArray[Any]]]:
        """A Snapshot of `at` (ms UTC) with at most that vessel, and its track of the day before.

        Raises:
            RequestError: The history can't be read.

        """

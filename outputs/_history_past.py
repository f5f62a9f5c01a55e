"""The past for those who ask: what was, as Snapshots and tracks, where a history is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from numpy.typing import NDArray

from config import Settings
from outputs._history_database import StoreError
from outputs._history_read import Reader
from traffic.clock import Clock

log = logging.getLogger(__name__)
MOST_READ: Final = 10_000


class Past:
    """Reads the history, for any thread.

    Args:
        settings: where the database is.
        clock: in a simulation only the present run counts for a track: another run is another world.
        epoch: the present one.
        monotonic: wall seconds.

    """

    def __init__(
        self, settings: Settings, clock: Clock, epoch: Callable[[], str], monotonic: Callable[[], float]
    ) -> None:
        self._reader = Reader(settings.database_url, monotonic)
        self._clock, self._epoch = clock, epoch

    def before(self, mmsi: int, begin: int, points: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The positions from `begin` (ms UTC) until the first of `points`, at most the newest MOST_READ.

        What the database can't give is missing from the answer, and logged.
        """
        end = int(points["t"][0]) - 1 if len(points["t"]) else 2**62
        epochs = None if self._clock.mode == "live" else [self._epoch()]
        try:
            return self._reader.track(epochs, mmsi, begin, end, MOST_READ)
        except StoreError as error:
            log.warning("no older track of %d: %s", mmsi, error)
            return {name: column[:0] for name, column in points.items()}

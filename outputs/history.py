"""History: every report into a database, by one writer that commits once a second.

What goes wrong there is this output's own matter: while the database is away or full the reports wait in the outbox,
which counts those it has to give up, and everything else goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from numpy.typing import NDArray

from config import Settings
from outputs._history_store import Store, StoreError
from traffic.batch import Batch
from traffic.clock import Clock
from traffic.outbox import Outbox

log = logging.getLogger(__name__)
MOST_READ: Final = 10_000
DEFAULT_URL: Final = "sqlite:///fairway.db"
COMMIT_S: Final = 1.0
PRUNE_S: Final = 300.0
LONGEST_WAIT_S: Final = 30.0
_DAY_MS: Final = 86_400_000
_SHARE: Final = 0.1
"""When the history is too large, so much of its span goes at a time."""


def run(outbox: Outbox, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Write every report to `database_url` until `stop`; what waited by then is written too.

    `committed_through` among the outbox's counts is an event time in ms UTC: every report that came in the order of its
    events, up to that one, is on the disk.

    Raises:
        ValueError: The database's address can't be understood.

    """
    writer = _Writer(outbox, clock, settings)
    while not stop.wait(writer.wait_s):
        writer.turn()
    writer.turn()
    writer.close()


class Reader:
    """Reads tracks, for any thread. What the database can't give is missing from the answer, and logged.

    Args:
        settings: where the database is.
        epoch: the present one. In a simulation only its run counts: another run is another world.
        simulated: whether this is one.

    """

    def __init__(self, settings: Settings, epoch: Callable[[], str], *, simulated: bool) -> None:
        self._store = Store(settings.database_url or DEFAULT_URL)
        self._epoch, self._simulated = epoch, simulated

    def before(self, mmsi: int, begin: int, points: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The positions from `begin` (ms UTC) until the first of `points`, at most the newest MOST_READ."""
        end = int(points["t"][0]) - 1 if len(points["t"]) else 2**62
        epochs = [self._epoch()] if self._simulated else None
        try:
            return self._store.track(epochs, mmsi, begin, end, MOST_READ)
        except StoreError as error:
            log.warning("no older track of %d: %s", mmsi, error)
            return {name: column[:0] for name, column in points.items()}


class _Writer:
    """The database's only writer."""

    def __init__(self, outbox: Outbox, clock: Clock, settings: Settings) -> None:
        self.wait_s = COMMIT_S
        self._outbox, self._clock, self._settings = outbox, clock, settings
        self._store = Store(settings.database_url or DEFAULT_URL)
        self._pending: list[Batch] = []
        self._prepared, self._pruned_at = False, -PRUNE_S

    def turn(self) -> None:
        """Write what waits. What could not be written is tried again first; until then the outbox bounds the rest."""
        self._pending = self._pending or self._outbox.take(0)
        try:
            self._commit()
            self._prune()
        except StoreError as error:
            self._outbox.down(str(error))
            self.wait_s = min(2 * self.wait_s, LONGEST_WAIT_S)
        else:
            self.wait_s = COMMIT_S
            self._outbox.up()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def _commit(self) -> None:
        if not self._prepared:
            self._store.prepare()
            self._prepared = True
        if self._pending:
            self._store.write(self._pending)
            self._outbox.sent(sum(len(batch.mmsi) for batch in self._pending))
            newest = max(int(batch.t.max()) for batch in self._pending)
            self._outbox.counts["committed_through"] = newest
            self._pending = []

    def _prune(self) -> None:
        if self._outbox.monotonic() - self._pruned_at < PRUNE_S:
            return
        self._pruned_at = self._outbox.monotonic()
        self._store.prune(round(self._clock.now() * 1000 - self._settings.history_days * _DAY_MS))
        span = self._store.span()
        while span and self._store.size_bytes() > self._settings.history_mb * 1e6:
            oldest, newest = span
            self._store.prune(oldest + max(1, int((newest - oldest) * _SHARE)))
            span = self._store.span()

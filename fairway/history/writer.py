"""History: every report into a database, by one writer that commits once a second.

What goes wrong there is this output's own matter: while the database is away or full the reports wait in the report_queue,
which counts those it has to give up, and everything else goes on.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import numpy as np

from fairway.history.database import StoreError
from fairway.history.queries import UTC_MODES
from fairway.history.store import Store
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.report_queue import ReportQueue

COMMIT_S: Final = 1.0
PRUNE_S: Final = 300.0
LONGEST_WAIT_S: Final = 30.0
MOST_AT_ONCE: Final = 20_000
"""Reports in one transaction: what has waited for a database comes in parts."""
FUTURE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_SHARE: Final = 0.1
"""When the history is too large, so much of its oldest run's span goes at a time."""


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Write every report to `database_url` until `stop`; what waited by then is written too.

    `committed_through` among the report_queue's counts is an event time in ms UTC: every report that came in the order of its
    events, up to that one, is on the disk.

    Raises:
        ValueError: The database's address can't be understood.

    """
    writer = _Writer(report_queue, clock, settings)
    while not stop.wait(writer.wait_s):
        writer.turn()
    writer.turn()
    writer.close()


class _Writer:
    """The database's only writer."""

    def __init__(self, report_queue: ReportQueue, clock: Clock, settings: Settings) -> None:
        self.wait_s, self._backoff = COMMIT_S, Backoff(2 * COMMIT_S, LONGEST_WAIT_S)
        self._outbox, self._clock, self._settings = report_queue, clock, settings
        self._store = Store(settings.database_url, clock.mode, settings.lost_after)
        self._pending: deque[Batch] = deque()
        self._prepared, self._pruned_at = False, -PRUNE_S

    def turn(self) -> None:
        """Write what waits. What could not be written is tried again first; until then the report_queue bounds the rest."""
        self._pending = self._pending or deque(self._outbox.take(0))
        try:
            self._commit()
            self._prune()
        except StoreError as error:
            self._outbox.down(str(error))
            self.wait_s = self._backoff.next()
        else:
            self._backoff.reset()
            self.wait_s = COMMIT_S
            self._outbox.up()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def _commit(self) -> None:
        if not self._prepared:
            self._store.prepare()
            self._prepared = True
        while self._pending:
            count, reports = 0, 0
            while count < len(self._pending) and reports < MOST_AT_ONCE:
                reports += len(self._pending[count].mmsi)
                count += 1
            dated = [self._dated(self._pending[at]) for at in range(count)]
            self._store.write(dated)
            self._outbox.sent(reports)
            newest = max((int(batch.t.max()) for batch in dated if len(batch.t)), default=0)
            if newest:
                self._outbox.counts["committed_through"] = newest
            for _ in range(count):
                self._pending.popleft()

    def _dated(self, batch: Batch) -> Batch:
        """Without reports whose time can't be: one from the far future would be the newest for ever."""
        if self._clock.mode not in UTC_MODES:
            return batch  # its reports' times are those of the clock, which may be set back meanwhile
        now = self._clock.now() * 1000
        kept = (batch.t <= now + FUTURE_MS) & (batch.t >= now - self._settings.history_days * _DAY_MS)
        if kept.all():
            return batch
        self._outbox.counts["misdated"] += int(np.count_nonzero(~kept))
        return batch.take(np.flatnonzero(kept))

    def _prune(self) -> None:
        if self._outbox.monotonic() - self._pruned_at < PRUNE_S:
            return
        self._pruned_at = self._outbox.monotonic()
        spans = self._store.spans()
        keep_ms = round(self._settings.history_days * _DAY_MS)
        for number, mode, _, last in spans:
            # a world of its own ages by its own time: another clock, years away, says nothing of it
            now = self._clock.now() * 1000 if mode in UTC_MODES else last
            self._store.prune(round(now) - keep_ms, number)
        while spans and self._store.size_bytes() > self._settings.history_mb * 1e6:
            number, _, oldest, newest = spans[0]
            self._store.prune(oldest + max(1, int((newest - oldest) * _SHARE)), number)
            spans = self._store.spans()

"""Writer of the history: every report into a database, committed once a second by one thread.

While the database is away or full, reports wait in the ReportQueue, which counts those it drops. No other part of the
server is affected.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Final

import numpy as np

from fairway.history.runs import UTC_MODES, StoreError
from fairway.history.store import Store
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.report_queue import ReportQueue

log = logging.getLogger(__name__)
COMMIT_S: Final = 1.0
PRUNE_S: Final = 300.0
MAX_WAIT_S: Final = 30.0
MAX_REPORTS: Final = 20_000
"""Reports in one transaction: a backlog is written in parts."""
FUTURE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
LOG_S: Final = 60.0
"""Lost reports are logged at most this often, wall seconds."""
_SHARE: Final = 0.1
"""Share of the oldest run's span that is deleted at a time when the history is too large."""


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Write every report to `database_url` until `stop`, then the waiting ones.

    `committed_through` among the queue's counts is an event time in ms UTC: every report up to it that came in order of
    event time is on disk.

    Raises:
        ValueError: If the database's address is malformed.

    """
    writer = HistoryWriter(report_queue, clock, settings)
    while not stop.wait(writer.wait_s):
        writer.turn()
    writer.turn()
    writer.close()


class HistoryWriter:
    """The only writer of the database.

    Attributes:
        wait_s: wall seconds until the next turn is due.
        store: the database.

    """

    def __init__(self, report_queue: ReportQueue, clock: Clock, settings: Settings) -> None:
        self.wait_s, self._backoff = COMMIT_S, Backoff(2 * COMMIT_S, MAX_WAIT_S)
        self._report_queue, self._clock, self._settings = report_queue, clock, settings
        self.store = Store(settings.database_url, clock.mode, settings.lost_after)
        self._pending: deque[Batch] = deque()
        self._prepared, self._pruned_at = False, -PRUNE_S
        self._problem: str | None = None
        self._logged_lost, self._lost_logged_at = 0, -LOG_S

    def turn(self) -> None:
        """Write the waiting reports. Reports that could not be written come first; the queue bounds the others."""
        self._pending = self._pending or deque(self._report_queue.take(0))
        try:
            self._commit()
            self._prune()
        except StoreError as error:
            self._report_queue.down(str(error))
            self.wait_s = self._backoff.next()
            self._log_problem(str(error))
        else:
            self._backoff.reset()
            self.wait_s = COMMIT_S
            self._report_queue.up()
            self._log_problem(None)
        self._log_lost()

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def _log_problem(self, problem: str | None) -> None:
        """Log a new problem once, and its end."""
        if problem is not None and self._problem is None:
            waiting = sum(len(batch.mmsi) for batch in self._pending)
            log.warning(
                "history: cannot write to the database, %d reports wait: %s", waiting, " ".join(problem.split())
            )
        elif problem is None and self._problem is not None:
            log.info("history: writing to the database again")
        self._problem = problem

    def _log_lost(self) -> None:
        """Log how many reports the full queue has dropped since the last such line."""
        lost, now = self._report_queue.status()["dropped"], self._report_queue.monotonic()
        if lost > self._logged_lost and now - self._lost_logged_at >= LOG_S:
            cause = "the database is unavailable" if self._problem else "the database is too slow"
            log.warning("history: lost %d reports, %d since the start: %s", lost - self._logged_lost, lost, cause)
            self._logged_lost, self._lost_logged_at = lost, now

    def _commit(self) -> None:
        if not self._prepared:
            self.store.prepare()
            self._prepared = True
        while self._pending:
            count, reports = 0, 0
            while count < len(self._pending) and reports < MAX_REPORTS:
                reports += len(self._pending[count].mmsi)
                count += 1
            dated = [self._dated(self._pending[at]) for at in range(count)]
            self.store.write(dated)
            self._report_queue.sent(reports)
            newest = max((int(batch.t.max()) for batch in dated if len(batch.t)), default=0)
            if newest:
                self._report_queue.counts["committed_through"] = newest
            for _ in range(count):
                self._pending.popleft()

    def _dated(self, batch: Batch) -> Batch:
        """The batch without impossible times: a report from the far future would stay the newest for ever."""
        if self._clock.mode not in UTC_MODES:
            return batch  # its times are the clock's, which may have been set back meanwhile
        now = self._clock.now() * 1000
        plausible = (batch.t <= now + FUTURE_MS) & (batch.t >= now - self._settings.history_days * _DAY_MS)
        if plausible.all():
            return batch
        self._report_queue.counts["misdated"] += int(np.count_nonzero(~plausible))
        return batch.take(np.flatnonzero(plausible))

    def _prune(self) -> None:
        if self._report_queue.monotonic() - self._pruned_at < PRUNE_S:
            return
        self._pruned_at = self._report_queue.monotonic()
        spans = self.store.spans()
        keep_ms = round(self._settings.history_days * _DAY_MS)
        for number, mode, _, last in spans:
            # a run with its own time ages by that time: the present clock may be years away
            now = self._clock.now() * 1000 if mode in UTC_MODES else last
            self.store.prune(round(now) - keep_ms, number)
        while spans and self.store.size_bytes() > self._settings.history_mb * 1e6:
            number, _, oldest, newest = spans[0]
            self.store.prune(oldest + max(1, int((newest - oldest) * _SHARE)), number)
            spans = self.store.spans()

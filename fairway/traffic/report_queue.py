"""ReportQueue: the bounded queue between the ticker and an output that needs every report."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final

from fairway.traffic.batch import Batch

MAX_REPORTS: Final = 250_000
"""Reports that may wait for one output; a single larger batch is queued all the same."""
DEGRADED_FOR_S: Final = 60.0
"""For this time after a drop the output's state is degraded."""


class ReportQueue:
    """Takes Batches from the ticker without blocking it, and passes them to the thread of one output.

    When more than `limit` reports wait, it drops and counts the oldest: Traffic never waits for a slow output.

    Args:
        name: of the output.
        monotonic: wall seconds.
        limit: how many reports may wait.

    Attributes:
        counts: further counters of this output, for example its readers; shown in the status.
        monotonic: wall seconds.

    """

    def __init__(self, name: str, monotonic: Callable[[], float], limit: int = MAX_REPORTS) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self.monotonic, self._limit = monotonic, limit
        self._waiting: deque[Batch] = deque()
        self._ready = threading.Condition()
        self._queued = self._sent = self._dropped = 0
        self._problem: str | None = "starting"
        self._dropped_at = self._sent_at = -float("inf")

    def record(self, batch: Batch) -> None:
        """Queue a batch; the ticker calls it with every drained one."""
        if not len(batch.mmsi):
            return
        with self._ready:
            self._waiting.append(batch)
            self._queued += len(batch.mmsi)
            while self._queued > self._limit and len(self._waiting) > 1:
                lost = len(self._waiting.popleft().mmsi)
                self._queued -= lost
                self._lost(lost)
            self._ready.notify()

    def take(self, timeout_s: float, most: int | None = None) -> list[Batch]:
        """The waiting batches, oldest first, at most `most`; none after `timeout_s` wall seconds without one."""
        with self._ready:
            if not self._waiting:
                self._ready.wait(timeout_s)
            count = len(self._waiting) if most is None else min(most, len(self._waiting))
            taken = [self._waiting.popleft() for _ in range(count)]
            self._queued -= sum(len(batch.mmsi) for batch in taken)
        return taken

    def sent(self, reports: int) -> None:
        """Count `reports` as delivered."""
        with self._ready:
            self._sent += reports
            self._sent_at = self.monotonic()

    def dropped(self, reports: int) -> None:
        """Count `reports` that the output took and could not deliver."""
        with self._ready:
            self._lost(reports)

    def up(self) -> None:
        """Set the state: the output can deliver."""
        self._problem = None

    def down(self, problem: str) -> None:
        """Set the state: the output cannot deliver, because of `problem`."""
        self._problem = problem

    def status(self) -> dict[str, Any]:
        """One entry of `outputs` in the status.

        `state` is ok, degraded (reports were dropped within the last minute) or down; `age_s` is the time since the
        last delivery in wall seconds, None before the first; `queued` is the number of waiting reports.
        """
        with self._ready:
            now = self.monotonic()
            degraded = now - self._dropped_at < DEGRADED_FOR_S
            state = "down" if self._problem else "degraded" if degraded else "ok"
            return {
                "name": self.name,
                "state": state,
                "sent": self._sent,
                "dropped": self._dropped,
                "queued": self._queued,
                "age_s": round(now - self._sent_at, 1) if self._sent else None,
                **({"problem": self._problem} if self._problem else {}),
                **self.counts,
            }

    def _lost(self, reports: int) -> None:
        if reports:
            self._dropped += reports
            self._dropped_at = self.monotonic()

"""Pulse: the one thread that advances Traffic, a few times a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from fairway.runtime.clock import Clock
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic

BEHIND_S: Final = 1.0
AHEAD_S: Final = 10.0
"""By so much a clock of UTC may be wrong. To set one back costs an epoch, so a little ahead is left alone."""
log = logging.getLogger(__name__)


class Ticker:
    """Advances `traffic` to the clock's time.

    Args:
        traffic: what is advanced.
        clock: its time.
        monotonic: wall seconds.
        judge: told of each Snapshot: the alert rules.
        utc: what the machine shows, Unix seconds, where the clock is to show the same; None where it has a time of its
            own.

    """

    def __init__(
        self,
        traffic: Traffic,
        clock: Clock,
        monotonic: Callable[[], float],
        judge: Callable[[Snapshot], None],
        utc: Callable[[], float] | None = None,
    ) -> None:
        self._traffic, self._clock, self._monotonic, self._judge, self._utc = traffic, clock, monotonic, judge, utc
        self._advanced_at = monotonic()
        self.lock = threading.Lock()
        """Whoever holds it finds Traffic and rules between two beats."""

    @property
    def age_s(self) -> float:
        """Wall seconds since Traffic was last advanced, or since the start: large where the ticker has stopped."""
        return self._monotonic() - self._advanced_at

    def tick(self) -> None:
        """Advance once; for who holds the lock."""
        self._judge(self._traffic.advance(self._clock.now()))
        self._advanced_at = self._monotonic()

    def run(self, stop: threading.Event) -> None:
        """Advance until `stop`."""
        while not stop.is_set():
            self._keep_true()
            with self.lock:
                self.tick()
            self._clock.wait(stop, self._traffic.tick_s)

    def _keep_true(self) -> None:
        """Follow the machine's clock when somebody sets it, and after the machine has slept.

        Set ahead, it makes those lost who have been silent for so long by the new time; set back, it begins an epoch.
        """
        if self._utc is None:
            return
        true = self._utc()
        wrong_s = true - self._clock.now()
        if wrong_s > BEHIND_S or wrong_s < -AHEAD_S:
            log.warning("the machine's clock was set by %+.1f s", wrong_s)
            self._clock.set(true)

"""Ticker: the one thread that advances Traffic, a few times a second."""

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
"""A UTC clock may be wrong by this much: setting it back costs an epoch, so more tolerance lies ahead."""
log = logging.getLogger(__name__)


class Ticker:
    """Advances `traffic` to the clock's time.

    Args:
        traffic: what is advanced.
        clock: its time.
        monotonic: wall seconds.
        check: takes each Snapshot: the alert rules.
        utc: the machine's time, Unix seconds, if the clock follows it; None if the clock has its own time.

    """

    def __init__(
        self,
        traffic: Traffic,
        clock: Clock,
        monotonic: Callable[[], float],
        check: Callable[[Snapshot], None],
        utc: Callable[[], float] | None = None,
    ) -> None:
        self._traffic, self._clock, self._monotonic, self._check, self._utc = traffic, clock, monotonic, check, utc
        self._advanced_at = monotonic()
        self.lock = threading.Lock()
        """While it is held, Traffic and alerts stand between two ticks."""

    @property
    def age_s(self) -> float:
        """Wall seconds since Traffic was last advanced, or since the start: large if the ticker has stopped."""
        return self._monotonic() - self._advanced_at

    def tick(self) -> None:
        """Advance once; the caller holds `lock`."""
        self._check(self._traffic.advance(self._clock.now()))
        self._advanced_at = self._monotonic()

    def run(self, stop: threading.Event) -> None:
        """Advance until `stop`."""
        while not stop.is_set():
            self._follow_machine()
            with self.lock:
                self.tick()
            self._clock.wait(stop, self._traffic.tick_s)

    def _follow_machine(self) -> None:
        """Follow the machine's clock when a user sets it, and after the machine has slept.

        A clock set ahead expires the vessels that are silent by the new time; one set back starts a new epoch.
        """
        if self._utc is None:
            return
        utc = self._utc()
        error_s = utc - self._clock.now()
        if error_s > BEHIND_S or error_s < -AHEAD_S:
            log.warning("the machine's clock was set by %+.1f s", error_s)
            self._clock.set(utc)

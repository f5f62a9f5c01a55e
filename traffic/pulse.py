"""Pulse: the one thread that advances Traffic, a few times a second."""

from __future__ import annotations

import threading
from collections.abc import Callable

from traffic.clock import Clock
from traffic.snapshot import Snapshot
from traffic.table import Traffic

PULSE_S = 0.25


class Pulse:
    """Advances `traffic` to the clock's time.

    Args:
        traffic: what is advanced.
        clock: its time.
        monotonic: wall seconds.
        judge: told of each Snapshot: the alert rules.

    """

    def __init__(
        self,
        traffic: Traffic,
        clock: Clock,
        monotonic: Callable[[], float],
        judge: Callable[[Snapshot], None],
    ) -> None:
        self._traffic, self._clock, self._monotonic, self._judge = traffic, clock, monotonic, judge
        self._advanced_at = monotonic()

    @property
    def age_s(self) -> float:
        """Wall seconds since Traffic was last advanced, or since the start: large where the pulse has stopped."""
        return self._monotonic() - self._advanced_at

    def run(self, stop: threading.Event) -> None:
        """Advance until `stop`."""
        while not stop.is_set():
            self._judge(self._traffic.advance(self._clock.now()))
            self._advanced_at = self._monotonic()
            self._clock.wait(stop, PULSE_S)

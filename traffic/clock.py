"""Clock: the one time of a process. `now` everywhere is its time; wall time only paces it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

Mode = Literal["live", "simulation", "replay"]


class Clock:
    """Unix seconds UTC that advance at `rate` per second of the monotonic clock."""

    def __init__(self, start: float, monotonic: Callable[[], float], mode: Mode, rate: float = 1.0) -> None:
        self.mode: Mode = mode
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._base, self._since, self._rate = start, monotonic(), rate

    @property
    def rate(self) -> float:
        """Clock seconds per wall second."""
        return self._rate

    def now(self) -> float:
        """The clock's time, Unix seconds UTC."""
        with self._lock:
            return self._base + (self._monotonic() - self._since) * self._rate

    def set(self, time: float) -> None:
        """Jump to `time`, Unix seconds. A step back starts a new epoch of Traffic."""
        with self._lock:
            self._base, self._since = time, self._monotonic()

    def wait(self, stop: threading.Event, wall_s: float) -> bool:
        """Sleep `wall_s` wall seconds or until `stop`; whether it was stopped."""
        return stop.wait(wall_s)

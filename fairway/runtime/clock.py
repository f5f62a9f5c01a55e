"""Clock: the time of a process. `now` everywhere is its time; the machine's monotonic time only paces it."""

from __future__ import annotations

import math
import threading
import time as machine
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

Mode = Literal["live", "mixed", "simulation", "replay"]
_MEASURED_OVER_S: Final = 5.0
"""Wall seconds over which `rate_actual` is an average."""


def machine_time() -> float:
    """Return the machine's own time, Unix seconds UTC; it may be set back or ahead at any moment."""
    return machine.time()


class Clock:
    """Unix seconds UTC that advance at `rate` per wall second. Any thread may call it.

    A clock of mode simulation has a limit: it stands still until the simulator allows it with `lead` to run further.
    When the simulator cannot keep up, the clock falls behind and does not catch up; `rate_actual` shows it.

    Args:
        start: first time, Unix seconds.
        monotonic: returns wall seconds.
        mode: live and mixed show UTC and cannot be controlled; simulation and replay have their own time.
        rate: clock seconds per wall second.
        paused: start paused.

    """

    def __init__(
        self, start: float, monotonic: Callable[[], float], mode: Mode, rate: float = 1.0, *, paused: bool = False
    ) -> None:
        self.mode: Mode = mode
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._base, self._since, self._rate, self._paused = start, monotonic(), rate, paused
        self._limit = start if mode == "simulation" else math.inf
        self._followed_rate: float | None = None
        self._measured: deque[tuple[float, float]] = deque([(self._since, start)])

    @property
    def rate(self) -> float:
        """Clock seconds per wall second as requested; a pause does not change it."""
        return self._rate

    @property
    def paused(self) -> bool:
        """Whether the clock is paused."""
        return self._paused

    @property
    def rate_actual(self) -> float:
        """Clock seconds per wall second as measured over the last seconds; 0 while paused."""
        with self._lock:
            if self._paused:
                return 0.0
            if self._limit == math.inf:
                return self._rate if self._followed_rate is None else self._followed_rate
            wall, time = self._monotonic(), self._time()
            then, before = self._measured[0]
            # under a second the division would amplify the jitter of the simulator's steps
            return self._rate if wall - then < 1.0 else (time - before) / (wall - then)

    def now(self) -> float:
        """Return the clock's time, Unix seconds UTC."""
        with self._lock:
            return self._time()

    def set(self, time: float) -> None:
        """Jump to `time`, Unix seconds. After a jump back Traffic starts a new epoch."""
        with self._lock:
            if self._limit < math.inf:
                self._limit = time
            self._rebase(time)

    def set_rate(self, rate: float) -> None:
        """Run at `rate` clock seconds per wall second from now on."""
        with self._lock:
            self._rebase(self._time())
            self._rate = rate

    def pause(self, paused: bool = True) -> None:
        """Pause, or resume at the same time."""
        with self._lock:
            self._rebase(self._time())
            self._paused = paused

    def lead(self, limit: float) -> None:
        """Allow the clock to run up to `limit`, Unix seconds; time lost at an earlier limit stays lost."""
        with self._lock:
            if self._unlimited() > self._limit:
                self._base, self._since = self._limit, self._monotonic()
            self._limit = limit
            self._measure()

    def follow(self, time: float, rate: float, paused: bool, mode: Mode, rate_actual: float) -> None:
        """Follow the clock of another process; while both run, a difference under a second remains."""
        with self._lock:
            self.mode, self._limit, self._followed_rate = mode, math.inf, rate_actual
            changed = (rate, paused) != (self._rate, self._paused)
            # smaller corrections would make the time of the clients jitter with the network
            if changed or paused or abs(self._time() - time) > max(1.0, rate):
                self._rate, self._paused = rate, paused
                self._rebase(time)

    def wait(self, stop: threading.Event, wall_s: float) -> bool:
        """Sleep `wall_s` wall seconds or until `stop`; return whether `stop` is set."""
        return stop.wait(wall_s)

    def _time(self) -> float:
        return min(self._unlimited(), self._limit)

    def _unlimited(self) -> float:
        return self._base if self._paused else self._base + (self._monotonic() - self._since) * self._rate

    def _rebase(self, time: float) -> None:
        self._base, self._since = time, self._monotonic()
        self._measured.clear()
        self._measured.append((self._since, time))

    def _measure(self) -> None:
        wall = self._monotonic()
        if wall - self._measured[-1][0] >= 1.0:
            self._measured.append((wall, self._time()))
        while len(self._measured) > 1 and wall - self._measured[1][0] >= _MEASURED_OVER_S:
            self._measured.popleft()

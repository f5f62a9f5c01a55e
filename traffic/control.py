"""Control: what can be asked of a simulator while it runs. Outputs and panels hold it as this Protocol, or None.

The simulator applies each request between two of its steps, in its own thread, and the caller waits for that.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

MIN_RATE: Final = 0.1
MAX_RATE: Final = 1000.0
MIN_INTERVAL_S: Final = 0.25
MAX_INTERVAL_S: Final = 3600.0
MAX_STEP_S: Final = 3600.0
"""Longest single step by hand; farther than that is a jump."""


class Control(Protocol):
    """A simulator's handles.

    Every method may raise `traffic.session.RequestError`, whose `code` is `not_steerable` where the clock is UTC,
    `bad_request` for a value that can't be, `not_found`, or `busy`.
    """

    @property
    def seed(self) -> int:
        """Of the simulated world."""

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports, and between two ticks of level 1."""

    def steer(
        self,
        *,
        paused: bool | None = None,
        rate: float | None = None,
        time: float | None = None,
        update_interval: float | None = None,
    ) -> None:
        """Change what is given; `time` is Unix seconds. All or nothing."""

    def step(self, seconds: float) -> None:
        """Pause, and let so many seconds of simulated time go by at once."""

    def state(self) -> dict[str, Any]:
        """How it stands, for the status: fields of JSON."""

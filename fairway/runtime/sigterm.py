"""SIGTERM: the server ends its threads and closes its clients' connections before the process ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType


def stop_on_sigterm(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM, then the handler that was there before; without one the process exits with 0."""
    inherited = signal.getsignal(signal.SIGTERM)

    def handle(number: int, frame: FrameType | None) -> None:
        # a second signal would interrupt the first one while it holds a lock, and wait for that lock for ever
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop()
        if callable(inherited):
            inherited(number, frame)
        else:
            sys.exit(0)

    signal.signal(signal.SIGTERM, handle)

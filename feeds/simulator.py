"""The simulator as a source of reports: a World kept at the clock's time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from config import Settings
from feeds._reporting import Reporter
from sim.world import MAX_STEP_S, World
from traffic.batch import Batch
from traffic.clock import Clock

STEP_S: Final = 1.0
_STEPS_BEHIND: Final = 50
"""Behind by more steps than this, steps grow longer."""


def run(publish: Callable[[Batch], None], clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Keep a World at the clock's time and publish its vessels' reports, until `stop`.

    A clock that was set back starts a new World of the same seed.
    """
    step_s = min(STEP_S, settings.update_interval)
    reporter: Reporter | None = None
    while not stop.is_set():
        now = clock.now()
        if reporter is None or now < reporter.world.now - STEP_S:
            reporter = Reporter.of(World(settings.seed, settings.fleet_size, now), settings)
            _publish(publish, reporter.everything())
        behind_s = now - reporter.world.now
        if behind_s < step_s:
            clock.wait(stop, max((step_s - behind_s) / clock.rate, 0.001))
            continue
        reporter.world.step(min(max(step_s, behind_s // _STEPS_BEHIND), MAX_STEP_S))
        _publish(publish, reporter.due())


def _publish(publish: Callable[[Batch], None], batches: list[Batch]) -> None:
    for batch in batches:
        publish(batch)

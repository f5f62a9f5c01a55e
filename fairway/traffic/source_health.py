"""SourceHealth: whether each source sends data, how much and how late. Connected without data is a state of its own."""

from __future__ import annotations

import statistics
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from fairway.traffic.batch import Batch, Publish, SourceReport

THREAD_FAILED: Final = "its thread has failed"
SILENT_AFTER_S: Final = 60.0
RATE_OVER_S: Final = 60
AHEAD_MS: Final = 2000
"""A report dated this much later than its arrival comes from a station whose clock is wrong."""
_STATIONS: Final = 64
_LATENCIES: Final = 64


@dataclass(slots=True)
class _Heard:
    """Counts of one source; `by_second` holds (wall second, reports)."""

    at: float | None = None
    down: str = ""
    reports: int = 0
    ahead: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    stations: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCIES))
    by_second: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=RATE_OVER_S))

    def note(self, batch: Batch, now: float) -> None:
        """Count a batch that arrived at `now`, wall seconds."""
        if not len(batch.mmsi):
            return
        self.at = now
        if batch.moving or batch.static:
            self._count(len(batch.mmsi), int(now))
        for station in batch.stations:
            known = station in self.stations or len(self.stations) < _STATIONS
            self.stations[station if known else "others"] += 1
        if batch.received is not None:
            late_ms = batch.received - batch.t
            self.latencies.append(float(np.median(late_ms)) / 1000)
            self.ahead += int(np.count_nonzero(late_ms < -AHEAD_MS))

    def update(self, report: SourceReport, now: float) -> None:
        """Take over what the source reports about itself at `now`, wall seconds."""
        self.rejected.update(report.rejected)
        if report.down is not None:
            self.down = report.down
        if report.heard:
            self.at = now

    def rate(self, now: float) -> float:
        """Reports per second over the last minute."""
        return sum(count for second, count in tuple(self.by_second) if second > now - RATE_OVER_S) / RATE_OVER_S

    def _count(self, reports: int, second: int) -> None:
        self.reports += reports
        if self.by_second and self.by_second[-1][0] == second:
            reports += self.by_second.pop()[1]
        self.by_second.append((second, reports))


class SourceHealth:
    """Records when each source was last heard, in wall seconds. A feed with several addresses has several sources.

    Args:
        names: of the feeds.
        monotonic: wall seconds.
        running: whether the thread of a feed is alive.

    """

    def __init__(self, names: Iterable[str], monotonic: Callable[[], float], running: Callable[[str], bool]) -> None:
        self._monotonic, self._running = monotonic, running
        self._heard = {(name, name): _Heard() for name in names}

    def listen(self, name: str, publish: Publish) -> Publish:
        """`publish` for the feed `name` that also records each call. One thread per feed."""

        def noted(item: Batch | SourceReport) -> None:
            source = (name, item.source)
            if source not in self._heard:
                # a new dictionary: other threads may be reading the old one
                self._heard = self._heard | {source: _Heard()}
            if isinstance(item, Batch):
                self._heard[source].note(item, self._monotonic())
            else:
                self._heard[source].update(item, self._monotonic())
            publish(item)

        return noted

    def states(self) -> list[dict[str, Any]]:
        """For each source its `name`, `state` and `age_s`, wall seconds since its last report, None before the first.

        Also: `reason` why it is down; `reports`, and `reports_per_s` over the last minute; `rejected` by reason;
        `latency_s` from event to arrival (median of the last batches, None for a simulator or recording); `ahead`, the
        reports from stations whose clock is ahead; `stations`, reports by receiver name where TAG blocks have one.
        A state is ok, silent (nothing for SILENT_AFTER_S, or nothing yet) or down (unreachable, or its thread failed).
        """
        now = self._monotonic()
        return [self._state(feed, name, heard, now) for (feed, name), heard in self._heard.items()]

    def _state(self, feed: str, name: str, heard: _Heard, now: float) -> dict[str, Any]:
        age_s = None if heard.at is None else round(now - heard.at, 1)
        silent = age_s is None or age_s > SILENT_AFTER_S
        alive = self._running(feed)
        state = "down" if heard.down or not alive else "silent" if silent else "ok"
        latencies = tuple(heard.latencies)
        return {
            "name": name,
            "state": state,
            "age_s": age_s,
            "reason": heard.down or (None if alive else THREAD_FAILED),
            "reports": heard.reports,
            "reports_per_s": round(heard.rate(now), 2),
            "rejected": dict(heard.rejected),
            "latency_s": round(statistics.median(latencies), 2) if latencies else None,
            "ahead": heard.ahead,
            "stations": dict(heard.stations),
        }

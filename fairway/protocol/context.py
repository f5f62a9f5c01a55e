"""Context: what every session of a server shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fairway.alerts.event_log import EventLog
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.traffic.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Context:
    """What every session of a server shares.

    Attributes:
        clock: the process's time.
        snapshot: the newest Snapshot.
        connected_clients: over all transports.
        seed: the simulator's, None without one or while it is not known.
        limits: what the greeting publishes.
        update_interval_s: wall seconds between two ticks of level 1.
        feeds: the state of each feed: `name`, `state` and `age_s`, and more that only the status page tells.
        events: the ring of alerts.

    """

    clock: Clock
    snapshot: Callable[[], Snapshot]
    connected_clients: Callable[[], int]
    seed: Callable[[], int | None]
    limits: dict[str, int]
    update_interval_s: Callable[[], float] = lambda: 30.0
    feeds: Callable[[], list[dict[str, Any]]] = list
    events: EventLog = field(default_factory=EventLog)

    def clock_state(self, ms: bool) -> dict[str, Any]:
        """The clock, as clients see it."""
        return encode_json.clock_state(self.clock, self.seed(), ms)

    def summary(self, ms: bool) -> dict[str, Any]:
        """The guide's summary of this moment."""
        return encode_json.summary(self.snapshot(), self.connected_clients(), self.clock.now(), ms)

"""Context: the components that all sessions of a server share."""

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
    """Components that all sessions of a server share.

    Attributes:
        clock: the clock of the process.
        snapshot: returns the newest Snapshot.
        connected_clients: returns the number of clients over all transports.
        seed: returns the seed of the simulator; None without a simulator or before it has reported its seed.
        limits: limits of the transport, published in the greeting.
        update_interval_s: returns the wall seconds between two ticks of level 1.
        feeds: returns the state of each feed: `name`, `state`, `age_s`, and further keys for the status page.
        events: the ring of alert events.

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
        """Return the clock's state in the form that clients get; times in milliseconds if `ms`."""
        return encode_json.clock_state(self.clock, self.seed(), ms)

    def summary(self, ms: bool) -> dict[str, Any]:
        """Return the current fleet summary of the guide; times in milliseconds if `ms`."""
        return encode_json.summary(self.snapshot(), self.connected_clients(), self.clock.now(), ms)

"""Replica: a Traffic that another process advances. It applies one ClusterMessage for each seq of the original.

Epoch, seq and rows are those of the original: a client can resume on any replica with its cursor.
"""

from __future__ import annotations

import threading
from collections import deque

from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.cluster.message import Area, ClusterMessage
from fairway.traffic.batch import Batch, SourceReport
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic


class Replica(Traffic):
    """Follows the Traffic of another process: all readers of a Traffic can read it.

    Args:
        ports: the same as the original's.
        events: gets the original's alerts.

    Attributes:
        latest: the last message, None before the first.
        zones: zones of the original.

    """

    tick_s = 0.05  # a client that comes from another web process must not be ahead of this one

    def __init__(self, ports: PortIndex, events: EventLog) -> None:
        super().__init__(ports, lambda: "")
        self._events, self._changed = events, threading.Condition()
        self._messages: deque[ClusterMessage] = deque()
        self.latest: ClusterMessage | None = None
        self.zones: tuple[Area, ...] = ()

    def put(self, item: ClusterMessage | Batch | SourceReport) -> None:
        """Hand over a message, which counts from the next `advance`; reports of feeds are ignored. Never blocks."""
        if isinstance(item, ClusterMessage):
            self._messages.append(item)

    def wait_for(self, fence: int, commands: int, within_s: float) -> bool:
        """Wait until the publisher with `fence`, or a later one, has executed that many commands; False on timeout."""

        def executed() -> bool:
            return self.latest is not None and (self.latest.fence, self.latest.commands) >= (fence, commands)

        with self._changed:
            return self._changed.wait_for(executed, within_s)

    def advance(self, now: float) -> Snapshot:
        """Apply the waiting messages. The original keeps the time and expires silent vessels."""
        del now
        messages = [self._messages.popleft() for _ in range(len(self._messages))]
        applied = 0
        for message in messages:
            delta = message.delta
            if (delta.epoch, delta.seq) != (self._table.epoch, self._table.seq):
                self.reports["redis"] += self._table.apply(delta)
                applied += 1
            self._apply_state(message)
        if applied:
            self._publish()
        if messages:
            with self._changed:
                self.latest = messages[-1]
                self._changed.notify_all()
        return self._snapshot

    def _apply_state(self, message: ClusterMessage) -> None:
        self.feeds = message.feeds
        self.zones = self.zones if message.zones is None else message.zones
        self._events.adopt_gap(message.events_gap)
        for event in message.events:
            self._events.adopt(event)
        if message.acknowledged is not None:
            self._events.acknowledge(message.acknowledged)

"""EventCursor: the alert events that a level-2 client has received, and those that are due."""

from __future__ import annotations

from fairway.alerts.event_log import AlertEvent
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.protocol.held_vessels import HeldVessels
from fairway.traffic.snapshot import Snapshot


class EventCursor:
    """Position of one client in the ring of alert events. It starts after the newest event.

    Attributes:
        seq: the last event that the client has received or that its filter dropped.

    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.seq = context.events.seq
        self._raised: set[str] = set()

    def resume(self, seq: int) -> None:
        """Go back to `seq`; a seq of the future has no effect."""
        self.seq = min(seq, self.seq)

    def due(self, snapshot: Snapshot, held: HeldVessels | None) -> list[bytes]:
        """Return the new events of the vessels in `held` (None: all), after `events_missed` if the ring lost some."""
        events, missed = self._context.events.since(self.seq)
        if not events:
            return []
        self.seq = events[-1].seq
        # all clients of one tick share one encoding
        key = ("events", events[0].seq, events[-1].seq)
        encoded = snapshot.keep(key, lambda: [encode_json.event(event) for event in events])
        messages = [
            text for event, text in zip(events, encoded, strict=True) if self._is_relevant(event, snapshot, held)
        ]
        if missed:
            now, last = self._context.clock.now(), events[0].seq - 1
            messages.insert(0, encode_json.message("events_missed", now, True, missed=missed, event_seq=last))
        return messages

    def _is_relevant(self, event: AlertEvent, snapshot: Snapshot, held: HeldVessels | None) -> bool:
        """Return whether the client has the vessel, or has received the `raised` of a `cleared` event."""
        if held is None:
            return True
        # the vessel may have left the filter since: without `cleared` the alert would stay open at the client
        if event.state == "cleared" and event.event_id in self._raised:
            self._raised.discard(event.event_id)
            return True
        if not held.has(snapshot, event.mmsi):
            return False
        if event.state == "raised":
            self._raised.add(event.event_id)
        return True

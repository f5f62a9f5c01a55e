"""Events: what the alert rules raised and cleared, in a ring with a cursor of its own. Never conflated."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from fairway.protocol import encode_json

RING: Final = 1024


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One entry of the ring.

    Attributes:
        seq: its number, from 1; what a cursor counts.
        event_id: the same when the event is raised and when it is cleared.
        state: raised or cleared.
        mmsi: the vessel's.
        message: the `event` message, shared by all who get it.

    """

    seq: int
    event_id: str
    state: str
    mmsi: int
    message: bytes


class EventLog:
    """The newest events, at most `size`. Any thread publishes, any thread reads."""

    def __init__(self, size: int = RING) -> None:
        self._size, self._lock = size, threading.Lock()
        # an immutable tuple, swapped: readers need no lock
        self._ring: tuple[AlertEvent, ...] = ()
        self._acknowledged: frozenset[str] = frozenset()
        self._seq = 0
        self._gap = (0, 0)

    @property
    def seq(self) -> int:
        """Number of the newest event, 0 before the first."""
        return self._seq

    def publish(
        self,
        now: float,
        *,
        event_id: str,
        kind: str,
        state: Literal["raised", "cleared"],
        vessel: Mapping[str, object],
        evidence: Mapping[str, object],
        zone: str | None = None,
    ) -> None:
        """Add an event at the clock's time `now`.

        Args:
            now: Unix seconds.
            event_id: names what was raised; the same when it is cleared.
            kind: the rule's name.
            state: raised or cleared.
            vessel: at least its `mmsi`; `imo_number` and `vessel_name` where known.
            evidence: the values that the rule saw.
            zone: the port or area it is about.

        """
        where = {} if zone is None else {"zone": zone}
        with self._lock:
            seq = self._seq + 1
            body = {"event_seq": seq, "event_id": event_id, "kind": kind, "state": state, "vessel": dict(vessel)}
            message = encode_json.message("event", now, True, **body, **where, evidence=dict(evidence))
            event = AlertEvent(seq, event_id, state, int(str(vessel["mmsi"])), message)
            self._ring = (*self._ring, event)[-self._size :]
            self._seq = seq

    def adopt(self, event: AlertEvent) -> None:
        """Add an event that another process published, under its number; one that is known already is left out."""
        with self._lock:
            if event.seq > self._seq:
                self._ring = (*self._ring, event)[-self._size :]
                self._seq = event.seq

    def restore(self, ring: tuple[AlertEvent, ...], seq: int, left_out: int) -> None:
        """Go on after `seq`; so many numbers are left out: a killed process may have given them to events of its last.

        Args:
            ring: the events that were kept.
            seq: number of the newest that there was when they were.
            left_out: no client misses anything between these.

        """
        with self._lock:
            self._ring, self._gap = ring[-self._size :], (seq, seq + left_out)
            self._seq = seq + left_out

    @property
    def acknowledged(self) -> list[str]:
        """The `event_id` of each remembered event that somebody has acknowledged, oldest first, once each."""
        done = self._acknowledged
        return list(dict.fromkeys(event.event_id for event in self._ring if event.event_id in done))

    def acknowledge(self, event_ids: Iterable[str]) -> None:
        """Somebody has seen these; ids of events that are no longer remembered are forgotten with them."""
        with self._lock:
            known = {event.event_id for event in self._ring}
            self._acknowledged = frozenset((self._acknowledged | set(event_ids)) & known)

    @property
    def gap(self) -> tuple[int, int]:
        """Numbers that were left out, as `restore` has it: after the first, up to the second."""
        return self._gap

    def adopt_gap(self, gap: tuple[int, int]) -> None:
        """Leave out the numbers that another process leaves out."""
        with self._lock:
            self._gap = gap

    def since(self, seq: int) -> tuple[tuple[AlertEvent, ...], int]:
        """The events after `seq`, oldest first; and how many between were already forgotten."""
        ring, (last_kept, left_out) = self._ring, self._gap
        if last_kept <= seq < left_out:
            seq = left_out
        newer = tuple(event for event in ring if event.seq > seq) if ring and ring[-1].seq > seq else ()
        return newer, newer[0].seq - seq - 1 if newer else 0

"""EventLog: the alerts that the rules raised and cleared, in a ring with its own cursor. Alerts are never conflated."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

RING_SIZE: Final = 1024
SKIPPED_AFTER_CRASH: Final = 1000
"""Sequence numbers to skip after a crash: clients may have seen them although they were never saved."""
AlertState = Literal["raised", "cleared"]


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One edge of an alert.

    Attributes:
        seq: number of the event, from 1; cursors count it.
        event_id: id of the alert, the same when it is raised and when it is cleared.
        kind: what happened, for example `high_speed`.
        state: raised or cleared.
        time: the clock's time, Unix seconds.
        vessel: at least `mmsi`; `imo_number`, `vessel_name` and `vessel_type` where known.
        evidence: the reported values that the rule checked.
        zone: the port or zone of the event, None if it has none.

    """

    seq: int
    event_id: str
    kind: str
    state: AlertState
    time: float
    vessel: dict[str, Any]
    evidence: dict[str, Any]
    zone: str | None = None

    @property
    def mmsi(self) -> int:
        """MMSI of the vessel."""
        return int(self.vessel["mmsi"])


class EventLog:
    """The newest events, at most `size`. Any thread may publish and read."""

    def __init__(self, size: int = RING_SIZE) -> None:
        self._size, self._lock = size, threading.Lock()
        # an immutable tuple that is replaced as a whole: readers need no lock
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
        state: AlertState,
        vessel: Mapping[str, object],
        evidence: Mapping[str, object],
        zone: str | None = None,
    ) -> None:
        """Add an event at the clock's time `now` (Unix seconds); the other arguments are as in AlertEvent."""
        with self._lock:
            event = AlertEvent(self._seq + 1, event_id, kind, state, now, dict(vessel), dict(evidence), zone)
            self._ring = (*self._ring, event)[-self._size :]
            self._seq = event.seq

    def adopt(self, event: AlertEvent) -> None:
        """Add an event of another process under its own number; ignore one that is already known."""
        with self._lock:
            if event.seq > self._seq:
                self._ring = (*self._ring, event)[-self._size :]
                self._seq = event.seq

    def restore(self, ring: tuple[AlertEvent, ...], seq: int, skipped: int) -> None:
        """Continue after `seq`, skipping numbers that a killed process may have used after its last checkpoint.

        Args:
            ring: the saved events, oldest first.
            seq: number of the newest event when they were saved.
            skipped: how many numbers to skip; they do not count as missed events.

        """
        with self._lock:
            self._ring, self._gap = ring[-self._size :], (seq, seq + skipped)
            self._seq = seq + skipped

    @property
    def acknowledged(self) -> list[str]:
        """The `event_id` of each acknowledged event in the ring, oldest first, without repetition."""
        done = self._acknowledged
        return list(dict.fromkeys(event.event_id for event in self._ring if event.event_id in done))

    def acknowledge(self, event_ids: Iterable[str]) -> None:
        """Mark events as acknowledged; ids of events that have left the ring are dropped."""
        with self._lock:
            known = {event.event_id for event in self._ring}
            self._acknowledged = frozenset((self._acknowledged | set(event_ids)) & known)

    @property
    def gap(self) -> tuple[int, int]:
        """The skipped numbers: after the first, up to and including the second."""
        return self._gap

    def adopt_gap(self, gap: tuple[int, int]) -> None:
        """Take over the skipped numbers of another process."""
        with self._lock:
            self._gap = gap

    def since(self, seq: int) -> tuple[tuple[AlertEvent, ...], int]:
        """The events after `seq`, oldest first; and the number of events between that have left the ring."""
        ring, (last_saved, last_skipped) = self._ring, self._gap
        if last_saved <= seq < last_skipped:
            seq = last_skipped
        newer = tuple(event for event in ring if event.seq > seq) if ring and ring[-1].seq > seq else ()
        return newer, newer[0].seq - seq - 1 if newer else 0

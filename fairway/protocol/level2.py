"""Level 2: filters, periods, encodings, a chain of seqs, resume, heartbeats and events for one client."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from fairway.protocol import encode_json, updates
from fairway.protocol.context import Context
from fairway.protocol.event_cursor import EventCursor
from fairway.protocol.filters import filter_of, swapped_box
from fairway.protocol.held_vessels import HeldVessels
from fairway.protocol.requests import PERIODS_MS, Resume, Subscribe, VesselFilter
from fairway.protocol.updates import Encoding
from fairway.traffic.snapshot import Snapshot

FEED_KEYS: Final = ("name", "state", "age_s")
"""Keys of a feed's state that heartbeats publish."""


class Level2:
    """Level 2 of one client: its subscription and its cursor.

    An unfiltered client is a cursor only: it shares every message with the clients at the same cursor. A filtered
    client also has a HeldVessels.

    Args:
        context: components that all sessions share.
        wanted: the checked subscription.
        snapshot: the state at which the client starts.

    Raises:
        RequestError: If the filter has a wrong value.

    """

    level = 2

    def __init__(self, context: Context, wanted: Subscribe, snapshot: Snapshot) -> None:
        self._context = context
        self._wanted = wanted
        self.subscription = wanted.subscription_type
        self.period_ms = period_ms(wanted.period_ms, context.update_interval_s())
        self._encoding = Encoding.of(wanted.encoding, wanted.fields)
        vessel_filter, self._warnings = filter_of(wanted.filter or VesselFilter())
        self._held = HeldVessels(vessel_filter) if vessel_filter else None
        self._events = EventCursor(context)
        # _seq: the state that was compared last; _sent: the seq of the last message, which the next one has as `prev`
        self._epoch, self._seq, self._sent = snapshot.epoch, snapshot.seq, snapshot.seq
        self._summary: dict[str, Any] = {}

    @property
    def period_s(self) -> float:
        """Wall seconds between two ticks."""
        return self.period_ms / 1000

    def start(self, snapshot: Snapshot) -> list[bytes]:
        """Return the confirmation, then a snapshot, or the changes since the cursor of a client that resumes."""
        everything = snapshot.changes(0)
        matched = int(np.count_nonzero(self._held.match(everything))) if self._held else len(everything.rows)
        resumed = self._resumes(self._wanted.resume, snapshot)
        if resumed and self._wanted.resume:
            self._seq = self._sent = self._wanted.resume.seq
        confirmation = self._confirmation(snapshot, matched, resumed)
        if not self._streams:
            return [confirmation]
        return [confirmation, *(self._delta(snapshot, 0) if resumed else self._full(snapshot))]

    def tick(self, skipped: int) -> list[bytes]:
        """Return the messages that are due; one message covers this tick and the `skipped` ticks before it."""
        snapshot = self._context.snapshot()
        messages: list[bytes] = []
        if snapshot.epoch != self._epoch:
            messages.append(self._epoch_message(snapshot))
        if self._streams:
            known = snapshot.reaches(self._epoch, self._seq)
            messages += self._delta(snapshot, skipped) if known else self._full(snapshot)
            messages += self._events.due(snapshot, self._held)
        self._epoch = snapshot.epoch
        if self.subscription in ("all", "summary"):
            messages += self._new_summary(snapshot)
        return messages

    def heartbeat(self) -> list[bytes]:
        """Return the `heartbeat`: the seq that the client has, the clock, and the state of each feed."""
        feeds = [{key: feed[key] for key in FEED_KEYS} for feed in self._context.feeds()]
        clock = self._context.clock_state(ms=True)
        now = self._context.clock.now()
        beat = encode_json.message("heartbeat", now, True, epoch=self._epoch, seq=self._sent, clock=clock, feeds=feeds)
        return [beat]

    @property
    def _streams(self) -> bool:
        return self.subscription in ("all", "vessels")

    def _resumes(self, resume: Resume | None, snapshot: Snapshot) -> bool:
        if resume is None or resume.epoch != snapshot.epoch:
            return False
        if resume.event_seq is not None:
            self._events.resume(resume.event_seq)
        # a filtered client always gets a snapshot: the server no longer knows which vessels it has
        return self._streams and self._held is None and resume.seq > 0 and snapshot.reaches(resume.epoch, resume.seq)

    def _confirmation(self, snapshot: Snapshot, matched: int, resumed: bool) -> bytes:
        wanted = self._wanted
        warnings = [*self._warnings, *(_no_match(wanted.filter, snapshot) if self._held and not matched else ())]
        return encode_json.message(
            "subscription_confirmed",
            self._context.clock.now(),
            True,
            subscription_type=wanted.subscription_type,
            **({} if wanted.request_id is None else {"request_id": wanted.request_id}),
            proto=2,
            encoding=wanted.encoding,
            period_ms=self.period_ms,
            matched_now=matched,
            resumed=resumed,
            epoch=snapshot.epoch,
            seq=snapshot.seq,
            event_seq=self._events.seq,
            warnings=warnings,
        )

    def _full(self, snapshot: Snapshot) -> tuple[bytes, ...]:
        self._epoch, self._seq, self._sent = snapshot.epoch, snapshot.seq, snapshot.seq
        if self._held is None:
            return updates.full(snapshot, self._encoding)
        return self._held.full(snapshot).encode(self._encoding)

    def _delta(self, snapshot: Snapshot, skipped: int) -> tuple[bytes, ...]:
        if snapshot.seq == self._seq:
            return ()
        if self._held is None:
            messages = updates.delta(snapshot, self._sent, self._encoding, skipped)
        else:
            with_static = bool(self._encoding.static)
            changes = self._held.delta(snapshot, self._seq, self._sent, skipped, with_static)
            messages = changes.encode(self._encoding)
        self._seq = snapshot.seq
        if messages:
            self._sent = snapshot.seq
        return messages

    def _epoch_message(self, snapshot: Snapshot) -> bytes:
        def encode() -> bytes:
            clock = self._context.clock_state(ms=True)
            return encode_json.message("epoch", snapshot.now, True, epoch=snapshot.epoch, clock=clock)

        return snapshot.keep("epoch", encode)

    def _new_summary(self, snapshot: Snapshot) -> list[bytes]:
        """Return the summary if it differs from the last one that the client received."""
        clients = self._context.connected_clients()
        summary = snapshot.summary | {"connected_clients": clients}
        if summary == self._summary:
            return []
        self._summary = summary
        return [encode_json.fleet_summary_update(snapshot, clients, snapshot.now, ms=True)]


def period_ms(wanted: int | None, update_interval_s: float) -> int:
    """Return the shortest of PERIODS_MS that is at least `wanted` (None: the update interval), at most 30,000 ms."""
    minimum = wanted if wanted is not None else update_interval_s * 1000
    return next((period for period in PERIODS_MS if period >= minimum), PERIODS_MS[-1])


def _no_match(wanted: VesselFilter | None, snapshot: Snapshot) -> list[str]:
    """Return the warnings of a filter that matches no vessel."""
    warnings = ["the filter matches no vessel now"]
    swapped = swapped_box(wanted.bbox) if wanted and wanted.bbox else None
    if swapped and swapped(snapshot.changes(0)).any():
        warnings.append("filter.bbox looks like latitude, longitude swapped; it is west, south, east, north")
    return warnings

"""Subscription: level 2. What one client is subscribed to, how far it has got, and what it holds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.alerts.event_log import AlertEvent
from fairway.protocol import encode_json, updates
from fairway.protocol.context import Context
from fairway.protocol.requests import PERIODS_MS, Resume, Subscribe, Wanted, filter_of, swapped_box
from fairway.protocol.updates import Encoding, Span
from fairway.traffic.filter import Filter
from fairway.traffic.removals import LEFT_FILTER
from fairway.traffic.snapshot import RowView, Snapshot

FEED_KEYS: Final = ("name", "state", "age_s")


class Level2:
    """Level 2 of one client.

    An unfiltered client is a cursor, and shares its messages with those in step. A filtered one also has one bit per
    row: what it holds.
    """

    level = 2

    def __init__(self, context: Context, wanted: Subscribe, snapshot: Snapshot) -> None:
        self._context = context
        self.subscription = wanted.subscription_type
        self._form = Encoding.of(wanted.encoding, wanted.fields)
        self._filter, self._warnings = filter_of(wanted.filter or Wanted())
        self._wanted = wanted
        self.period_ms = period_ms(wanted.period_ms, context.update_interval_s())
        self._epoch, self._seq = snapshot.epoch, snapshot.seq
        self._sent = snapshot.seq
        self._held = np.zeros(0, np.uint8)
        self._events = context.events.seq
        self._raised: set[str] = set()
        self._summary: dict[str, Any] = {}

    @property
    def period_s(self) -> float:
        """Wall seconds between two ticks."""
        return self.period_ms / 1000

    def start(self, snapshot: Snapshot) -> list[bytes]:
        """The confirmation, then the state: what changed since a cursor that can be resumed, or a snapshot."""
        everybody = snapshot.changes(0)
        matched = np.flatnonzero(self._match(everybody))
        resumed = self._resumes(self._wanted.resume, snapshot)
        if resumed and self._wanted.resume:
            self._seq = self._sent = self._wanted.resume.seq
        confirmed = self._confirmation(snapshot, len(matched), resumed)
        if not self._streams:
            return [confirmed]
        return [confirmed, *(self._changed(snapshot, 0) if resumed else self._whole(snapshot))]

    def tick(self, skipped: int) -> list[bytes]:
        """What is due; `skipped` ticks before were left out, and are made up for."""
        snapshot = self._context.snapshot()
        messages: list[bytes] = []
        if snapshot.epoch != self._epoch:
            messages.append(self._epoch_message(snapshot))
        if self._streams:
            known = snapshot.reaches(self._epoch, self._seq)
            messages += self._changed(snapshot, skipped) if known else self._whole(snapshot)
            messages += self._new_events(snapshot)
        self._epoch = snapshot.epoch
        if self.subscription in ("all", "summary"):
            messages += self._new_summary(snapshot)
        return messages

    def heartbeat(self) -> list[bytes]:
        """The seq that the client has, the clock, and the state of each feed."""
        feeds = [{key: feed[key] for key in FEED_KEYS} for feed in self._context.feeds()]
        clock = self._context.clock_state(ms=True)
        now = self._context.clock.now()
        beat = encode_json.message("heartbeat", now, True, epoch=self._epoch, seq=self._sent, clock=clock, feeds=feeds)
        return [beat]

    @property
    def _streams(self) -> bool:
        return self.subscription in ("all", "vessels")

    def _match(self, picked: RowView) -> NDArray[np.bool_]:
        return self._filter.match(picked) if self._filter else np.ones(len(picked.rows), bool)

    def _resumes(self, resume: Resume | None, snapshot: Snapshot) -> bool:
        if resume is None or resume.epoch != snapshot.epoch:
            return False
        if resume.event_seq is not None:
            self._events = min(resume.event_seq, self._events)
        return self._streams and self._filter is None and resume.seq > 0 and snapshot.reaches(resume.epoch, resume.seq)

    def _confirmation(self, snapshot: Snapshot, matched: int, resumed: bool) -> bytes:
        wanted = self._wanted
        warnings = [*self._warnings, *(self._doubts(wanted.filter, snapshot) if self._filter and not matched else ())]
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
            event_seq=self._events,
            warnings=warnings,
        )

    @staticmethod
    def _doubts(wanted: Wanted | None, snapshot: Snapshot) -> list[str]:
        doubts = ["the filter matches no vessel now"]
        swapped = swapped_box(wanted.bbox) if wanted and wanted.bbox else None
        if swapped and swapped(snapshot.changes(0)).any():
            doubts.append("filter.bbox looks like latitude, longitude swapped; it is west, south, east, north")
        return doubts

    def _whole(self, snapshot: Snapshot) -> tuple[bytes, ...]:
        self._epoch, self._seq, self._sent = snapshot.epoch, snapshot.seq, snapshot.seq
        if self._filter is None:
            return updates.whole(snapshot, self._form)
        everybody = snapshot.changes(0)
        matched = self._match(everybody)
        held = np.zeros(len(snapshot.columns["mmsi"]), bool)
        held[everybody.rows] = matched
        self._held = np.packbits(held)
        picked = RowView(snapshot, everybody.rows[matched])
        places = np.arange(len(picked.rows))
        return Span(picked, places, places, [], prev=0, whole=True).encode(self._form)

    def _changed(self, snapshot: Snapshot, skipped: int) -> tuple[bytes, ...]:
        if snapshot.seq == self._seq:
            return ()
        if self._filter is None:
            messages = updates.since(snapshot, self._sent, self._form, skipped)
        else:
            messages = self._filtered(snapshot, self._filter, skipped).encode(self._form)
        self._seq = snapshot.seq
        if messages:
            self._sent = snapshot.seq
        return messages

    def _filtered(self, snapshot: Snapshot, wanted: Filter, skipped: int) -> Span:
        """Only changed rows are looked at: the others match as they did."""
        picked = snapshot.changes(self._seq)
        match = wanted.match(picked)
        held = self._holds(snapshot)
        crossed = match != held[picked.rows]
        updated = renewed = match.nonzero()[0]
        removed = self._buried(snapshot, held, picked, updated)
        if removed or np.count_nonzero(crossed):
            left = picked["mmsi"][crossed & ~match].tolist()
            removed += [(mmsi, LEFT_FILTER) for mmsi in left]
            held[picked.rows] = match
            self._held = np.packbits(held)
        if self._form.static:
            new_data = picked.keep("new_data", lambda: picked["static_seq"] > self._seq)
            renewed = (match & (crossed | new_data)).nonzero()[0]
        return Span(picked, updated, renewed, removed, self._sent, conflated=skipped)

    def _buried(
        self, snapshot: Snapshot, held: NDArray[np.bool_], picked: RowView, updated: NDArray[np.intp]
    ) -> list[tuple[int, int]]:
        """MMSI and reason of those that were held and are out of Traffic; they are taken out of `held`."""
        graves = snapshot.removals.since(self._seq)
        if not len(graves):
            return []
        graves = graves[held[graves["row"]]]
        held[graves["row"]] = False
        # who was taken out and is back on another row is an update, not a removal
        gone = graves[~np.isin(graves["mmsi"], picked["mmsi"][updated])]
        return list(zip(gone["mmsi"].tolist(), gone["reason"].tolist(), strict=True))

    def _holds(self, snapshot: Snapshot) -> NDArray[np.bool_]:
        """bool[rows]: the vessels that the client has."""
        count = len(snapshot.columns["mmsi"])
        # numpy pads with zeros, but from an empty array it gives memory as it finds it
        bits = np.unpackbits(self._held, count=count) if len(self._held) else np.zeros(count, np.uint8)
        return bits.view(np.bool_)

    def _epoch_message(self, snapshot: Snapshot) -> bytes:
        def make() -> bytes:
            clock = self._context.clock_state(ms=True)
            return encode_json.message("epoch", snapshot.now, True, epoch=snapshot.epoch, clock=clock)

        return snapshot.keep("epoch", make)

    def _new_summary(self, snapshot: Snapshot) -> list[bytes]:
        """At level 2 a summary goes out when it differs from the last one."""
        clients = self._context.connected_clients()
        summary = snapshot.summary | {"connected_clients": clients}
        if summary == self._summary:
            return []
        self._summary = summary
        return [encode_json.fleet_summary_update(snapshot, clients, snapshot.now, ms=True)]

    def _new_events(self, snapshot: Snapshot) -> list[bytes]:
        events, missed = self._context.events.since(self._events)
        if not events:
            return []
        self._events = events[-1].seq
        # all clients in step share one encoding
        span = ("events", events[0].seq, events[-1].seq)
        encoded = snapshot.keep(span, lambda: [encode_json.event(event) for event in events])
        messages = [text for event, text in zip(events, encoded, strict=True) if self._concerns(event, snapshot)]
        if missed:
            now = self._context.clock.now()
            messages.insert(
                0, encode_json.message("events_missed", now, True, missed=missed, event_seq=events[0].seq - 1)
            )
        return messages

    def _concerns(self, event: AlertEvent, snapshot: Snapshot) -> bool:
        """Whether the event's vessel is held, or the client has seen it raised: then it must see it cleared."""
        if self._filter is None:
            return True
        if event.state == "cleared" and event.event_id in self._raised:
            self._raised.discard(event.event_id)
            return True
        row = snapshot.find(mmsi=event.mmsi)
        held = self._holds(snapshot)
        if row is None or not held[row]:
            return False
        if event.state == "raised":
            self._raised.add(event.event_id)
        return True


def period_ms(wanted: int | None, update_interval_s: float) -> int:
    """The shortest period that clients can have in step that is at least as long as `wanted`, in ms; at most 30,000."""
    least = wanted if wanted is not None else update_interval_s * 1000
    return next((period for period in PERIODS_MS if period >= least), PERIODS_MS[-1])

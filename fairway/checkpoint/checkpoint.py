"""Checkpoint: a Traffic with its tracks, plausibility and alerts as records that can be saved, and restored again.

The first record is full; each later one leads from the record before it to a newer Snapshot.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import SKIPPED_AFTER_CRASH, AlertEvent, EventLog
from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.delta import TrafficDelta, changed_rows, delta_between, removals_after, write_rows
from fairway.traffic.derived.plausibility import STATE
from fairway.traffic.removals import Removals
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.tracks import POINT, replay_journal
from fairway.traffic.traffic import SavedState, Traffic

LAYOUT: Final = zlib.crc32(repr((fields.DERIVED, fields.MOVING, fields.STATIC, fields.VESSEL_TYPES, STATE)).encode())
"""Changes with the columns and their codes: a state file of another release is ignored."""
SKIPPED_PER_S: Final = 8
"""After a crash, skip this many sequence numbers per second of downtime: clients may have seen them although they were
never saved. The ticker makes four a second, and each checkpoint one more."""
Journal = list[tuple[int, Any]]


class CheckpointRecord(msgspec.Struct, frozen=True):
    """A TrafficDelta with the state of Traffic that no Snapshot shows. Arrays are little-endian bytes.

    Attributes:
        delta: the changes since the last record.
        events: the alerts since then.
        plausibility_rows: int32[k].
        plausibility: STATE[k], the plausibility of these rows.
        track_rows: int32[n].
        tracks: POINT[n], the journal of the tracks.

    """

    delta: TrafficDelta
    events: tuple[AlertEvent, ...]
    plausibility_rows: bytes
    plausibility: bytes
    track_rows: bytes
    tracks: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The sum of the records, as `Traffic.restore` takes it.

    Attributes:
        snapshot: the newest.
        plausibility: STATE[rows].
        track_rows, tracks: intp[n], POINT[n].
        events: the alerts, oldest first.

    """

    snapshot: Snapshot
    plausibility: NDArray[Any]
    track_rows: NDArray[np.intp]
    tracks: NDArray[Any]
    events: tuple[AlertEvent, ...]


def encode_step(before: Snapshot | None, saved: SavedState, journal: Journal, events: Iterable[AlertEvent]) -> bytes:
    """The CheckpointRecord from `before` to `saved`, with a journal that may include earlier entries."""
    track_rows = np.fromiter((row for row, _ in journal), "<i4", len(journal))
    points = np.zeros(len(journal), POINT)
    for at, (_, point) in enumerate(journal):
        points[at] = point
    delta = delta_between(before, saved.snapshot)
    return _encoded(delta, events, (saved.rows, saved.plausibility), (track_rows, points))


def encode_full(checkpoint: Checkpoint, events: Iterable[AlertEvent]) -> bytes:
    """The whole checkpoint as one CheckpointRecord."""
    rows = np.arange(len(checkpoint.plausibility))
    delta = delta_between(None, checkpoint.snapshot)
    tracks = checkpoint.track_rows, checkpoint.tracks
    return _encoded(delta, events, (rows, checkpoint.plausibility), tracks)


def merge_records(records: Iterable[bytes], ports: PortIndex) -> Checkpoint | None:
    """The sum of encoded records; None if there are none.

    Raises:
        ValueError: If a record does not follow the one before it.
        LookupError, msgspec.MsgspecError: If something is not a record.

    """
    total: _Sum | None = None
    for data in records:
        record = msgspec.msgpack.decode(data, type=CheckpointRecord)
        delta = record.delta
        if delta.prev == 0:
            total = _Sum()
        if total is None or (delta.prev and delta.prev != total.delta.seq):
            raise ValueError(f"record {delta.seq} continues {delta.prev}, which is missing")
        total.add(record)
    return total.checkpoint(ports) if total else None


def restore(
    checkpoint: Checkpoint,
    alerts_state: dict[str, Any],
    now: float,
    elapsed_s: float,
    traffic: Traffic,
    events: EventLog,
    alerts: AlertEngine,
) -> None:
    """Load a checkpoint into a new Traffic.

    Args:
        checkpoint: the sum of the records.
        alerts_state: the result of `alerts_saved` at that time.
        now: the clock's time, Unix seconds.
        elapsed_s: wall seconds since the checkpoint.
        traffic: gets the vessels and tracks.
        events: gets the published alerts.
        alerts: gets the raised alerts.

    """
    first = checkpoint.snapshot.seq
    last = first + SKIPPED_AFTER_CRASH + int(SKIPPED_PER_S * max(elapsed_s, 0.0))
    removals = checkpoint.snapshot.removals.after_gap(first, last)
    snapshot = replace(checkpoint.snapshot, seq=last, now=min(checkpoint.snapshot.now, now), removals=removals)
    traffic.restore(snapshot, checkpoint.plausibility, checkpoint.track_rows, checkpoint.tracks)
    events.restore(checkpoint.events, alerts_state["event_seq"], SKIPPED_AFTER_CRASH)
    events.acknowledge(alerts_state.get("acknowledged", ()))
    alerts.restore(traffic.snapshot(), alerts_state, SKIPPED_AFTER_CRASH)


def alerts_saved(alerts: AlertEngine, events: EventLog) -> dict[str, Any]:
    """State of the alerts that `restore` needs; MessagePack can encode it."""
    return alerts.saved() | {"event_seq": events.seq, "acknowledged": events.acknowledged}


class _Sum:
    """The sum of consecutive records."""

    def __init__(self) -> None:
        self.columns: dict[str, NDArray[Any]] = {
            f.name: np.zeros(0, f.dtype) for f in (*fields.DERIVED, *fields.MOVING)
        }
        self.static: dict[str, NDArray[Any]] = {f.name: np.zeros(0, f.dtype) for f in fields.STATIC}
        self.plausibility = np.zeros(0, STATE)
        self.delta: TrafficDelta
        self.removals = Removals.none()
        self.events: list[AlertEvent] = []
        self.track_rows: list[NDArray[Any]] = []
        self.tracks: list[NDArray[Any]] = []

    def add(self, record: CheckpointRecord) -> None:
        """Apply the next record."""
        delta = record.delta
        for columns in (self.columns, self.static):
            for name, column in columns.items():
                columns[name] = _resized(column, delta.count)
        self.plausibility = _resized(self.plausibility, delta.count)
        rows, static_rows = changed_rows(delta)
        write_rows(self.columns, rows, delta.columns)
        write_rows(self.static, static_rows, delta.static)
        self.plausibility[np.frombuffer(record.plausibility_rows, "<i4")] = np.frombuffer(record.plausibility, STATE)
        self.removals = removals_after(self.removals, delta)
        self.events += record.events
        self.track_rows.append(np.frombuffer(record.track_rows, "<i4").astype(np.intp))
        self.tracks.append(np.frombuffer(record.tracks, POINT))
        self.delta = delta

    def checkpoint(self, ports: PortIndex) -> Checkpoint:
        """The state after the last record."""
        delta = self.delta
        snapshot = Snapshot(
            epoch=delta.epoch,
            seq=delta.seq,
            now=delta.now,
            columns=self.columns,
            static_columns=self.static,
            sources=delta.sources,
            simulated=delta.simulated,
            stations=delta.stations,
            port_names=ports.names,
            port_countries=ports.countries,
            static_seq=delta.static_seq,
            removals=self.removals,
        )
        # a removal is not a change of the row's plausibility: a free row still holds its last vessel's
        self.plausibility[self.columns["mmsi"] == 0] = 0
        rows, points = replay_journal(np.concatenate(self.track_rows), np.concatenate(self.tracks))
        return Checkpoint(snapshot, self.plausibility, rows, points, tuple(self.events))


def _resized(column: NDArray[Any], size: int) -> NDArray[Any]:
    if size == len(column):
        return column
    resized = np.zeros(size, column.dtype)
    resized[: len(column)] = column[:size]
    return resized


def _encoded(
    delta: TrafficDelta,
    events: Iterable[AlertEvent],
    plausibility: tuple[NDArray[Any], NDArray[Any]],
    tracks: tuple[NDArray[Any], NDArray[Any]],
) -> bytes:
    """A record of `plausibility` and `tracks`, each as rows and values."""
    rows, states = plausibility
    track_rows, points = tracks
    record = CheckpointRecord(
        delta=delta,
        events=tuple(events),
        plausibility_rows=rows.astype("<i4").tobytes(),
        plausibility=states.tobytes(),
        track_rows=track_rows.astype("<i4").tobytes(),
        tracks=points.tobytes(),
    )
    return msgspec.msgpack.encode(record)

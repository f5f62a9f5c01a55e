"""Checkpoint: a Traffic with its tracks, doubts and alerts as steps that can be kept, and back.

Each step leads from the one before it to a Snapshot, as the Entries for other processes do; the first is whole.
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
from fairway.alerts.event_log import AlertEvent, EventLog
from fairway.chart.ports import PortIndex
from fairway.runtime.clock import Clock
from fairway.traffic import fields
from fairway.traffic.delta import (
    ClockTime,
    ClusterMessage,
    TrafficDelta,
    pack,
    removals_after,
    rows_of,
    unpack,
    write,
)
from fairway.traffic.plausibility import STATE
from fairway.traffic.removals import Removals
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.tracks import POINT, replayed
from fairway.traffic.traffic import Traffic

LAYOUT: Final = zlib.crc32(repr((fields.DERIVED, fields.MOVING, fields.STATIC, fields.VESSEL_TYPES, STATE)).encode())
"""Changes with the columns and the codes in them: what another release has kept is not used."""
LEFT_OUT: Final = 1000
SEQS_PER_S: Final = 8
"""A killed process may have told seqs that were not kept: so many, and so many per second since, are not used again.
The ticker makes four a second, and the checkpoint one more."""
Journal = list[tuple[int, Any]]


class CheckpointRecord(msgspec.Struct, frozen=True):
    """An TrafficDelta, and what Traffic knows beside it. Arrays are little-endian bytes.

    Attributes:
        entry: packed.
        doubt_rows: int32[k]; `doubts` STATE[k], what is remembered of them.
        track_rows: int32[n]; `tracks` POINT[n], the journal of the tracks.

    """

    entry: bytes
    doubt_rows: bytes
    doubts: bytes
    track_rows: bytes
    tracks: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What steps add up to, as `Traffic.restore` takes it.

    Attributes:
        snapshot: the last.
        doubts: STATE[rows].
        track_rows, tracks: intp[n], POINT[n].
        events: the alerts, oldest first.

    """

    snapshot: Snapshot
    doubts: NDArray[Any]
    track_rows: NDArray[np.intp]
    tracks: NDArray[Any]
    events: tuple[AlertEvent, ...]


def packed(
    before: Snapshot | None,
    saved: tuple[Snapshot, NDArray[np.intp], NDArray[Any], Journal],
    clock: Clock,
    events: Iterable[AlertEvent],
) -> bytes:
    """The CheckpointRecord from `before` to what `Traffic.saved` gave."""
    snapshot, rows, doubts, journal = saved
    track_rows = np.fromiter((row for row, _ in journal), "<i4", len(journal))
    points = np.zeros(len(journal), POINT)
    for at, (_, point) in enumerate(journal):
        points[at] = point
    entry = pack(before, snapshot, ClusterMessage(0, ClockTime.of(clock), events=tuple(events)))
    return _encoded(entry, rows, doubts, track_rows, points)


def whole(kept: Checkpoint, clock: Clock, events: Iterable[AlertEvent]) -> bytes:
    """All that was kept as one CheckpointRecord."""
    rows = np.arange(len(kept.doubts))
    entry = pack(None, kept.snapshot, ClusterMessage(0, ClockTime.of(clock), events=tuple(events)))
    return _encoded(entry, rows, kept.doubts, kept.track_rows, kept.tracks)


def merged(steps: Iterable[bytes], ports: PortIndex) -> Checkpoint | None:
    """What the steps add up to; None where there are none.

    Raises:
        ValueError, LookupError, msgspec.MsgspecError: They don't follow each other, or something is no step.

    """
    sum_: _Sum | None = None
    for data in steps:
        step = msgspec.msgpack.decode(data, type=CheckpointRecord)
        entry = unpack(step.entry)
        if entry.prev == 0:
            sum_ = _Sum()
        if sum_ is None or (entry.prev and entry.prev != sum_.entry.seq):
            raise ValueError(f"step {entry.seq} leads on from {entry.prev}, which is not there")
        sum_.add(step, entry)
    return sum_.kept(ports) if sum_ else None


def restore(
    kept: Checkpoint,
    alerts_kept: dict[str, Any],
    now: float,
    elapsed_s: float,
    traffic: Traffic,
    events: EventLog,
    alerts: AlertEngine,
) -> None:
    """Let a new Traffic go on from what was kept.

    Args:
        kept: what the steps add up to.
        alerts_kept: what `alerts_saved` gave then.
        now: the clock's time, Unix seconds.
        elapsed_s: wall seconds since.
        traffic: gets the vessels and tracks.
        events: gets the alerts told.
        alerts: gets what is raised.

    """
    first = kept.snapshot.seq
    last = first + LEFT_OUT + int(SEQS_PER_S * max(elapsed_s, 0.0))
    removals = kept.snapshot.removals.after_gap(first, last)
    snapshot = replace(kept.snapshot, seq=last, now=min(kept.snapshot.now, now), removals=removals)
    traffic.restore(snapshot, kept.doubts, kept.track_rows, kept.tracks)
    events.restore(kept.events, alerts_kept["event_seq"], LEFT_OUT)
    events.acknowledge(alerts_kept.get("acknowledged", ()))
    alerts.restore(traffic.snapshot(), alerts_kept, LEFT_OUT)


def alerts_saved(alerts: AlertEngine, events: EventLog) -> dict[str, Any]:
    """What `restore` needs of the alerts; MessagePack can hold it."""
    return alerts.saved() | {"event_seq": events.seq, "acknowledged": events.acknowledged}


class _Sum:
    """Steps added up."""

    def __init__(self) -> None:
        self.columns: dict[str, NDArray[Any]] = {
            f.name: np.zeros(0, f.dtype) for f in (*fields.DERIVED, *fields.MOVING)
        }
        self.static: dict[str, NDArray[Any]] = {f.name: np.zeros(0, f.dtype) for f in fields.STATIC}
        self.doubts = np.zeros(0, STATE)
        self.entry: TrafficDelta
        self.removals = Removals.none()
        self.events: list[AlertEvent] = []
        self.track_rows: list[NDArray[Any]] = []
        self.tracks: list[NDArray[Any]] = []

    def add(self, step: CheckpointRecord, entry: TrafficDelta) -> None:
        """One step more."""
        for columns in (self.columns, self.static):
            for name, column in columns.items():
                columns[name] = _resized(column, entry.count)
        self.doubts = _resized(self.doubts, entry.count)
        rows, static_rows = rows_of(entry)
        write(self.columns, rows, entry.columns)
        write(self.static, static_rows, entry.static)
        self.doubts[np.frombuffer(step.doubt_rows, "<i4")] = np.frombuffer(step.doubts, STATE)
        self.removals = removals_after(self.removals, entry)
        self.events += entry.beside.events
        self.track_rows.append(np.frombuffer(step.track_rows, "<i4").astype(np.intp))
        self.tracks.append(np.frombuffer(step.tracks, POINT))
        self.entry = entry

    def kept(self, ports: PortIndex) -> Checkpoint:
        """What it comes to."""
        entry = self.entry
        snapshot = Snapshot(
            epoch=entry.epoch,
            seq=entry.seq,
            now=entry.now,
            columns=self.columns,
            static_columns=self.static,
            sources=entry.sources,
            simulated=entry.simulated,
            stations=entry.stations,
            port_names=ports.names,
            port_countries=ports.countries,
            static_seq=entry.static_seq,
            removals=self.removals,
        )
        # a row that is free has no doubts, whoever had it
        self.doubts[self.columns["mmsi"] == 0] = 0
        rows, points = replayed(np.concatenate(self.track_rows), np.concatenate(self.tracks))
        return Checkpoint(snapshot, self.doubts, rows, points, tuple(self.events))


def _resized(column: NDArray[Any], size: int) -> NDArray[Any]:
    if size == len(column):
        return column
    resized = np.zeros(size, column.dtype)
    resized[: len(column)] = column[:size]
    return resized


def _encoded(
    entry: bytes, rows: NDArray[Any], doubts: NDArray[Any], track_rows: NDArray[Any], points: NDArray[Any]
) -> bytes:
    step = CheckpointRecord(
        entry,
        rows.astype("<i4").tobytes(),
        doubts.tobytes(),
        track_rows.astype("<i4").tobytes(),
        points.tobytes(),
    )
    return msgspec.msgpack.encode(step)

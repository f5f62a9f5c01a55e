"""Entry: what changed in a Traffic from one seq to another, as one process tells it to others through Redis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from fairway.alerts.event_log import AlertEvent
from fairway.runtime.clock import Clock, Mode
from fairway.traffic import fields
from fairway.traffic.removals import TOMBSTONE, Removals
from fairway.traffic.snapshot import Snapshot

STREAM: Final = "fairway:steps"
"""Key of the Redis stream of Entries, each packed under the field ENTRY."""
STATE: Final = "fairway:state"
"""Key of a Redis hash, for who begins or has lost the thread: the newest whole, and after which entry it goes on."""
ENTRY: Final = "entry"
AFTER: Final = "after"
_TEXTS: Final = {item.name for item in fields.STATIC if item.dtype == "O"}
Packed = dict[str, bytes | list[str]]


class ClockTime(msgspec.Struct, frozen=True):
    """How a Clock stands: Unix seconds, clock seconds per wall second, wanted and measured."""

    time: float
    rate: float
    rate_actual: float
    paused: bool
    mode: Mode

    @classmethod
    def of(cls, clock: Clock) -> ClockTime:
        """How `clock` stands at this moment."""
        return cls(clock.now(), clock.rate, clock.rate_actual, clock.paused, clock.mode)


class SimulatorState(msgspec.Struct, frozen=True):
    """What a simulator tells without being asked; see `traffic.control.Control`."""

    seed: int | None
    update_interval: float
    state: dict[str, Any]


class Area(msgspec.Struct, frozen=True):
    """A Zone, with its corners as lists of longitude and latitude."""

    id: int
    name: str
    corners: list[list[float]]


class ClusterMessage(msgspec.Struct, frozen=True):
    """What the publisher tells with a step besides its Traffic, as it is at this moment.

    Attributes:
        fence: of the publisher: rises whenever another process takes over.
        clock, feeds, simulation: how they stand.
        events: alerts that were published since the last entry; a whole has the newest there are.
        events_gap: as in Events.
        orders: how many orders of other processes have been carried out.
        zones: all there are; None where they are those of the entry before.
        acknowledged: ids of the alerts that somebody has seen; None likewise.

    """

    fence: int
    clock: ClockTime
    feeds: tuple[dict[str, Any], ...] = ()
    events: tuple[AlertEvent, ...] = ()
    events_gap: tuple[int, int] = (0, 0)
    simulation: SimulatorState | None = None
    orders: int = 0
    zones: tuple[Area, ...] | None = None
    acknowledged: tuple[str, ...] | None = None


class TrafficDelta(msgspec.Struct, frozen=True):
    """What changed in a Traffic from `prev` to `seq`; all of it where `prev` is 0. Arrays are little-endian bytes.

    Attributes:
        epoch, seq, prev: as in Snapshot. An entry with seq == prev only bears what is beside it.
        now: the snapshot's time, Unix seconds.
        beside: what goes with it.
        count: rows of the table, free ones included.
        rows: int32[k], the rows that changed; `columns` are their values.
        static_rows: the same for static data.
        static_seq, sources, simulated, stations: as in Snapshot.
        graves: TOMBSTONE[...], what was removed since `prev`; `forgotten` and `gaps` as in Removals.

    """

    epoch: str
    seq: int
    prev: int
    now: float
    beside: ClusterMessage
    count: int
    rows: bytes
    columns: Packed
    static_rows: bytes
    static: Packed
    static_seq: int
    sources: tuple[str, ...]
    simulated: tuple[bool, ...]
    stations: tuple[str, ...]
    graves: bytes
    forgotten: int
    gaps: tuple[tuple[int, int], ...] = ()


def pack(before: Snapshot | None, snapshot: Snapshot, beside: ClusterMessage) -> bytes:
    """The TrafficDelta that leads from `before` (None: from nothing) to `snapshot`, as MessagePack."""
    if before is not None and before.epoch != snapshot.epoch:
        before = None
    prev = before.seq if before else 0
    static_rows = np.flatnonzero(snapshot.static_columns["static_seq"] > prev).astype("<i4")
    rows = _changed(before, snapshot).astype("<i4")
    entry = TrafficDelta(
        epoch=snapshot.epoch,
        seq=snapshot.seq,
        prev=prev,
        now=snapshot.now,
        beside=beside,
        count=len(snapshot.columns["mmsi"]),
        rows=rows.tobytes(),
        columns=_packed(snapshot.columns, rows),
        static_rows=static_rows.tobytes(),
        static=_packed(snapshot.static_columns, static_rows),
        static_seq=snapshot.static_seq,
        sources=snapshot.sources,
        simulated=snapshot.simulated,
        stations=snapshot.stations,
        graves=snapshot.removals.since(prev).tobytes(),
        forgotten=snapshot.removals.forgotten,
        gaps=snapshot.removals.gaps,
    )
    return msgspec.msgpack.encode(entry)


def mmsi_of(entry: TrafficDelta) -> NDArray[np.uint32]:
    """uint32[k]: whose rows changed; 0 for a row that was freed."""
    packed = entry.columns["mmsi"]
    return np.frombuffer(packed, "<u4") if isinstance(packed, bytes) else np.zeros(0, np.uint32)


def unpack(packed: bytes) -> TrafficDelta:
    """The TrafficDelta in `packed`.

    Raises:
        msgspec.DecodeError: It is none.

    """
    return msgspec.msgpack.decode(packed, type=TrafficDelta)


def rows_of(entry: TrafficDelta) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """intp[k] and intp[m]: the rows of `columns` and those of `static`."""
    return np.frombuffer(entry.rows, "<i4").astype(np.intp), np.frombuffer(entry.static_rows, "<i4").astype(np.intp)


def write(columns: Mapping[str, NDArray[Any]], rows: NDArray[np.intp], packed: Packed) -> None:
    """Put the values of an TrafficDelta into `rows` of `columns`."""
    for name, values in packed.items():
        column = columns[name]
        if isinstance(values, bytes):
            column[rows] = np.frombuffer(values, column.dtype)
        else:
            # numpy would make fixed-width text of a list of strings
            column[rows] = np.array([*values, None], object)[:-1]


def removals_after(removals: Removals, entry: TrafficDelta) -> Removals:
    """What is known of removals at the entry's seq, if `removals` were at its `prev`."""
    before = removals.entries if entry.prev else removals.entries[:0]
    graves = np.concatenate([before, np.frombuffer(entry.graves, TOMBSTONE)])
    return Removals(graves[graves["seq"] > entry.forgotten], entry.forgotten, entry.gaps)


def _changed(before: Snapshot | None, snapshot: Snapshot) -> NDArray[np.intp]:
    """Rows that differ: a freed one by its MMSI alone, a repeated static report by its time alone."""
    if before is None:
        return np.arange(len(snapshot.columns["mmsi"]))
    newer = (snapshot.columns["seq"] > before.seq) | (snapshot.static_columns["static_seq"] > before.seq)
    for name in ("mmsi", "static_t"):
        known = np.zeros_like(snapshot.columns[name])
        known[: len(before.columns[name])] = before.columns[name]
        newer |= snapshot.columns[name] != known
    return np.flatnonzero(newer)


def _packed(columns: Mapping[str, NDArray[Any]], rows: NDArray[Any]) -> Packed:
    return {
        name: column[rows].tolist() if name in _TEXTS else column[rows].tobytes() for name, column in columns.items()
    }

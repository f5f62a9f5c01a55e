"""Entry: what changed in a Traffic from one seq to another, as one process tells it to others through Redis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from traffic import fields
from traffic.clock import Clock, Mode
from traffic.events import Event
from traffic.snapshot import Snapshot

STREAM: Final = "fairway:steps"
"""Key of the Redis stream of Entries, each packed under the field ENTRY."""
STATE: Final = "fairway:state"
"""Key of a Redis hash, for who begins or has lost the thread: the newest whole, and after which entry it goes on."""
ENTRY: Final = "entry"
AFTER: Final = "after"
_TEXTS: Final = {item.name for item in fields.STATIC if item.dtype == "O"}
Packed = dict[str, bytes | list[str]]


class ClockTime(msgspec.Struct, frozen=True):
    """How a Clock stands: Unix seconds, clock seconds per wall second."""

    time: float
    rate: float
    paused: bool
    mode: Mode


class Entry(msgspec.Struct, frozen=True):
    """What changed in a Traffic from `prev` to `seq`; all of it where `prev` is 0. Arrays are little-endian bytes.

    Attributes:
        fence: of the publisher: rises whenever another process takes over.
        epoch, seq, prev: as in Snapshot. An entry with seq == prev only bears the clock.
        now: the snapshot's time, Unix seconds.
        clock: of the publisher, at this moment.
        feeds: the states of the publisher's feeds.
        events: alerts that were published since the last entry; a whole has the newest there are.
        count: rows of the table, free ones included.
        rows: int32[k], the rows that changed; `columns` are their values.
        static_rows: the same for static data.
        static_seq, sources, simulated: as in Snapshot.
        graves: TOMBSTONE[...], what was removed since `prev`; `forgotten` as in Removals.

    """

    fence: int
    epoch: str
    seq: int
    prev: int
    now: float
    clock: ClockTime
    feeds: tuple[dict[str, Any], ...]
    events: tuple[Event, ...]
    count: int
    rows: bytes
    columns: Packed
    static_rows: bytes
    static: Packed
    static_seq: int
    sources: tuple[str, ...]
    simulated: tuple[bool, ...]
    graves: bytes
    forgotten: int


def pack(
    fence: int,
    before: Snapshot | None,
    snapshot: Snapshot,
    clock: Clock,
    feeds: Iterable[dict[str, Any]] = (),
    events: Iterable[Event] = (),
) -> bytes:
    """The Entry that leads from `before` (None: from nothing) to `snapshot`, as MessagePack."""
    if before is not None and before.epoch != snapshot.epoch:
        before = None
    prev = before.seq if before else 0
    static_rows = np.flatnonzero(snapshot.static_columns["static_seq"] > prev).astype("<i4")
    rows = _changed(before, snapshot).astype("<i4")
    entry = Entry(
        fence=fence,
        epoch=snapshot.epoch,
        seq=snapshot.seq,
        prev=prev,
        now=snapshot.now,
        clock=ClockTime(clock.now(), clock.rate, clock.paused, clock.mode),
        feeds=tuple(feeds),
        events=tuple(events),
        count=len(snapshot.columns["mmsi"]),
        rows=rows.tobytes(),
        columns=_packed(snapshot.columns, rows),
        static_rows=static_rows.tobytes(),
        static=_packed(snapshot.static_columns, static_rows),
        static_seq=snapshot.static_seq,
        sources=snapshot.sources,
        simulated=snapshot.simulated,
        graves=snapshot.removals.since(prev).tobytes(),
        forgotten=snapshot.removals.forgotten,
    )
    return msgspec.msgpack.encode(entry)


def mmsi_of(entry: Entry) -> NDArray[np.uint32]:
    """uint32[k]: whose rows changed; 0 for a row that was freed."""
    packed = entry.columns["mmsi"]
    return np.frombuffer(packed, "<u4") if isinstance(packed, bytes) else np.zeros(0, np.uint32)


def unpack(packed: bytes) -> Entry:
    """The Entry in `packed`.

    Raises:
        msgspec.DecodeError: It is none.

    """
    return msgspec.msgpack.decode(packed, type=Entry)


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

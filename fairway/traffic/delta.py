"""TrafficDelta: the rows of a Traffic that changed between two Snapshots, as arrays that another process can apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.removals import TOMBSTONE, Removals
from fairway.traffic.snapshot import Snapshot

_TEXTS: Final = {item.name for item in fields.STATIC if item.dtype == "O"}
PackedColumns = dict[str, bytes | list[str]]
"""Column name -> values of the changed rows: little-endian bytes, or a list for text."""


class TrafficDelta(msgspec.Struct, frozen=True):
    """What changed in a Traffic from `prev` to `seq`; the full state if `prev` is 0. Arrays are little-endian bytes.

    Attributes:
        epoch, seq: as in Snapshot.
        prev: seq of the Snapshot that the delta applies to; equal to `seq` if nothing changed.
        now: the Snapshot's time, Unix seconds.
        count: rows of the table, free ones included.
        rows: int32[k], the rows that changed.
        columns: values of `rows`.
        static_rows: int32[m], the rows whose static data changed.
        static: values of `static_rows`.
        static_seq, sources, simulated, stations: as in Snapshot.
        tombstones: TOMBSTONE[...], the removals since `prev`.
        forgotten, gaps: as in Removals.

    """

    epoch: str
    seq: int
    prev: int
    now: float
    count: int
    rows: bytes
    columns: PackedColumns
    static_rows: bytes
    static: PackedColumns
    static_seq: int
    sources: tuple[str, ...]
    simulated: tuple[bool, ...]
    stations: tuple[str, ...]
    tombstones: bytes
    forgotten: int
    gaps: tuple[tuple[int, int], ...] = ()


def delta_between(before: Snapshot | None, snapshot: Snapshot) -> TrafficDelta:
    """The TrafficDelta from `before` to `snapshot`; a full one if `before` is None or of another epoch."""
    if before is not None and before.epoch != snapshot.epoch:
        before = None
    prev = before.seq if before else 0
    static_rows = np.flatnonzero(snapshot.static_columns["static_seq"] > prev).astype("<i4")
    rows = _changed(before, snapshot).astype("<i4")
    return TrafficDelta(
        epoch=snapshot.epoch,
        seq=snapshot.seq,
        prev=prev,
        now=snapshot.now,
        count=len(snapshot.columns["mmsi"]),
        rows=rows.tobytes(),
        columns=_packed(snapshot.columns, rows),
        static_rows=static_rows.tobytes(),
        static=_packed(snapshot.static_columns, static_rows),
        static_seq=snapshot.static_seq,
        sources=snapshot.sources,
        simulated=snapshot.simulated,
        stations=snapshot.stations,
        tombstones=snapshot.removals.since(prev).tobytes(),
        forgotten=snapshot.removals.forgotten,
        gaps=snapshot.removals.gaps,
    )


def changed_rows(delta: TrafficDelta) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """intp[k] and intp[m]: the rows of `columns` and those of `static`."""
    return np.frombuffer(delta.rows, "<i4").astype(np.intp), np.frombuffer(delta.static_rows, "<i4").astype(np.intp)


def write_rows(columns: Mapping[str, NDArray[Any]], rows: NDArray[np.intp], packed: PackedColumns) -> None:
    """Write the values of a TrafficDelta into `rows` of `columns`."""
    for name, values in packed.items():
        column = columns[name]
        if isinstance(values, bytes):
            column[rows] = np.frombuffer(values, column.dtype)
        else:
            # the extra None keeps numpy from making fixed-width text of a list of strings
            column[rows] = np.array([*values, None], object)[:-1]


def removals_after(removals: Removals, delta: TrafficDelta) -> Removals:
    """The Removals at the delta's `seq`, given those at its `prev`."""
    before = removals.entries if delta.prev else removals.entries[:0]
    entries = np.concatenate([before, np.frombuffer(delta.tombstones, TOMBSTONE)])
    return Removals(entries[entries["seq"] > delta.forgotten], delta.forgotten, delta.gaps)


def _changed(before: Snapshot | None, snapshot: Snapshot) -> NDArray[np.intp]:
    """The rows that differ, including freed rows and rows in which only the time of the static data is newer."""
    if before is None:
        return np.arange(len(snapshot.columns["mmsi"]))
    newer = (snapshot.columns["seq"] > before.seq) | (snapshot.static_columns["static_seq"] > before.seq)
    # neither a removal nor a repeated static report raises a row's seq
    for name in ("mmsi", "static_t"):
        known = np.zeros_like(snapshot.columns[name])
        known[: len(before.columns[name])] = before.columns[name]
        newer |= snapshot.columns[name] != known
    return np.flatnonzero(newer)


def _packed(columns: Mapping[str, NDArray[Any]], rows: NDArray[Any]) -> PackedColumns:
    return {
        name: column[rows].tolist() if name in _TEXTS else column[rows].tobytes() for name, column in columns.items()
    }

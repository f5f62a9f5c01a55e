"""Frames of the history: reports of many vessels as compressed columns, for the fleet at a moment.

A key frame holds each vessel's last report. The frames after it hold the reports since then, ten seconds of event time
each. A new key frame follows after as many reports as there are vessels: reading any moment costs about two rows per
vessel, however often vessels report.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.batch import Batch

ROW: Final = np.dtype(
    [
        ("mmsi", "<u4"),
        ("t", "<i8"),
        *((item.name, np.dtype(item.dtype).newbyteorder("<").str) for item in fields.MOVING),
        ("vessel_type", "u1"),
        ("source", "u1"),
    ]
)
"""A report: `fields.MOVING`, the vessel type known at that time, and the number of the source in the run."""
Rows = NDArray[Any]
BUCKET_MS: Final = 10_000
GRACE_MS: Final = 30_000
"""A key frame waits this long for late reports."""
KEY: Final = 0
"""`part` of a key frame in the table."""


def rows_of(batch: Batch, types: Mapping[int, int], source: int) -> Rows:
    """Reports of a Batch that have a position, as ROW[k].

    Args:
        batch: position reports.
        types: vessel type by MMSI.
        source: number of the batch's source in the run.

    """
    other = fields.VESSEL_TYPES.index("other")
    rows = np.zeros(len(batch.mmsi), ROW)
    for item in fields.MOVING:
        rows[item.name] = batch.moving.get(item.name, item.missing)
    rows["mmsi"], rows["t"], rows["source"] = batch.mmsi, batch.t, source
    rows["vessel_type"] = [types.get(mmsi, other) for mmsi in batch.mmsi.tolist()]
    known: Rows = rows[(rows["lat"] != fields.LAT_NA) & (rows["lon"] != fields.LON_NA)]
    return known


def newest(rows: Rows) -> Rows:
    """Each vessel's last report of ROW[n], ordered by MMSI."""
    ordered = rows[np.lexsort((rows["t"], rows["mmsi"]))]
    last: Rows = ordered[np.diff(ordered["mmsi"].astype(np.int64), append=-1) != 0]
    return last


def by_bucket(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Yield the rows of each ten seconds of event time: (start in ms UTC, ROW[k])."""
    begins = rows["t"] // BUCKET_MS * BUCKET_MS
    order = np.argsort(begins, kind="stable")
    starts = np.flatnonzero(np.diff(begins[order], prepend=-1))
    for part in np.split(order, starts[1:]):
        if len(part):
            yield int(begins[part[0]]), rows[part]


def compress(rows: Rows) -> bytes:
    """ROW[n] as stored: column after column, deflated."""
    return zlib.compress(b"".join(rows[name].tobytes() for name in ROW.names or ()), 1)


def decompress(data: bytes) -> Rows:
    """ROW[n] from the bytes that `compress` returned."""
    plain = zlib.decompress(data)
    rows = np.empty(len(plain) // ROW.itemsize, ROW)
    offset = 0
    for name in ROW.names or ():
        rows[name] = np.frombuffer(plain, ROW[name], len(rows), offset)
        offset += len(rows) * ROW[name].itemsize
    return rows


def part_of(data: bytes) -> int:
    """`part` of a frame with these bytes, never KEY: a digest, so that the same reports are stored once."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=7).digest()) or 1


class KeyFrames:
    """Last reports of one run's vessels, and when the next key frame is due.

    Args:
        known: ROW[n], each vessel's last report so far.
        keep_ms: a vessel that was silent for longer is left out of key frames.

    """

    def __init__(self, known: Rows, keep_ms: int) -> None:
        self._known, self._keep_ms = known, keep_ms
        self._since: list[Rows] = []
        self._count, self._end = 0, 0

    def add(self, rows: Rows) -> tuple[int, Rows] | None:
        """Add reports; return a key frame (time in ms UTC, ROW[n]) if one is due."""
        if not len(rows):
            return None
        self._since.append(rows)
        self._count += len(rows)
        self._end = max(self._end, int(rows["t"].max()))
        at = (self._end - GRACE_MS) // BUCKET_MS * BUCKET_MS
        if self._count < len(self._known) or int(self._since[0]["t"].min()) >= at:
            return None
        waiting = np.concatenate(self._since)
        before = waiting["t"] < at
        self._known = newest(np.concatenate([self._known, waiting[before]]))
        self._known = self._known[self._known["t"] >= at - self._keep_ms]
        self._since = [waiting[~before]]
        self._count = len(self._since[0])
        if not self._count:
            self._since = []
        return at, self._known

"""The binary encoding of `vessel_updates`: a header, then columns copied from the arrays of Traffic.

Little-endian. The order of the columns keeps each of them aligned, so clients can read them as typed arrays.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.protocol.encode_json import Binary
from fairway.traffic import fields
from fairway.traffic.snapshot import RowView

MAGIC: Final = b"FWY2"
SNAPSHOT: Final = 1
"""Flag of a message that replaces everything."""
CONFLATED: Final = 2
"""Flag of a message that includes skipped ticks."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the header, or one column.

    Attributes:
        name: of the field or column.
        dtype: numpy dtype of one value.
        count: number of values: "1", or the header field that has the number.
        unit: unit and meaning.
        missing: value for "not available"; None if every value is one.

    """

    name: str
    dtype: str
    count: str
    unit: str
    missing: int | None = None


HEADER: Final = (
    Part("magic", "S4", "1", 'the text "FWY2"'),
    Part("header_bytes", "<u2", "1", "bytes before the first column: 40"),
    Part("flags", "<u2", "1", "1: a snapshot, which replaces everything; 2: conflated"),
    Part("n", "<u4", "1", "vessels in this message"),
    Part("removed", "<u4", "1", "vessels to take out"),
    Part("seq", "<u8", "1", "the state after this message"),
    Part("prev", "<u8", "1", "the seq of the message before; 0 in a snapshot"),
    Part("time", "<i8", "1", "ms UTC"),
)
COLUMNS: Final = (
    Part("mmsi", "<u4", "n", ""),
    Part("lat", "<i4", "n", "1/600,000 degree"),
    Part("lon", "<i4", "n", "1/600,000 degree"),
    Part("removed_mmsi", "<u4", "removed", ""),
    Part("age", "<u2", "n", "0.1 s before time", fields.U2_NA),
    Part("sog", "<u2", "n", "0.1 knot", fields.U2_NA),
    Part("cog", "<u2", "n", "0.1 degree", fields.U2_NA),
    Part("heading", "<u2", "n", "degree", fields.U2_NA),
    Part("rot", "<i2", "n", "0.1 degree per minute", fields.ROT_NA),
    Part("vessel_type", "u1", "n", "place in the list of vessel types"),
    Part("status", "u1", "n", "place in the list of statuses"),
)
HEAD: Final = struct.Struct("<4sHHIIQQq")
MAX_AGE: Final = fields.U2_NA - 1
"""Older positions have this age: 1 h 49 min, in 0.1 s."""


def message(view: RowView, indices: NDArray[np.intp], removed: list[int], prev: int, flags: int) -> Binary:
    """Return the message with the rows at `indices` of `view` and the `removed` MMSIs, for clients at seq `prev`."""
    snapshot = view.snapshot
    time = round(snapshot.now * 1000)
    head = HEAD.pack(MAGIC, HEAD.size, flags, len(indices), len(removed), snapshot.seq, prev, time)
    columns: list[Any] = [_column(view, part, removed, indices) for part in COLUMNS]
    return Binary(b"".join([head, *columns]))


def _column(view: RowView, part: Part, removed: list[int], indices: NDArray[np.intp]) -> bytes:
    if part.name == "removed_mmsi":
        column = np.array(removed, part.dtype)
    elif part.name == "age":
        column = view.keep("age", lambda: ages(view))[indices]
    else:
        column = view[part.name][indices]
    return column.astype(part.dtype, copy=False).tobytes()


def ages(view: RowView) -> NDArray[np.uint16]:
    """Return the age of each position at the Snapshot: uint16[k], 0.1 s, from 0 to MAX_AGE."""
    old = np.round((round(view.snapshot.now * 1000) - view["t"]) / 100)
    return np.asarray(np.clip(old, 0, MAX_AGE).astype(np.uint16))


def read(message: bytes) -> tuple[dict[str, int], dict[str, NDArray[Any]]]:
    """Return the header fields, without the magic, and the columns of a message; columns are views, not copies.

    Raises:
        ValueError: If the message does not start with the magic, or its length contradicts its header.

    """
    if len(message) < HEAD.size or message[:4] != MAGIC:
        raise ValueError(f"not an FWY2 message: it starts with {message[:4]!r}")
    values = HEAD.unpack_from(message)
    head = dict(zip([part.name for part in HEADER[1:]], values[1:], strict=True))
    offset, columns = head["header_bytes"], {}
    for part in COLUMNS:
        columns[part.name] = np.frombuffer(message, part.dtype, head[part.count], offset)
        offset += columns[part.name].nbytes
    if offset != len(message):
        raise ValueError(f"{len(message)} bytes, where the header says {offset}")
    return head, columns

"""The binary form of `vessel_updates`: a header, then whole columns, straight from the arrays.

Little-endian; the columns' order keeps each of them aligned for a typed-array view.
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
CONFLATED: Final = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the header, or one column: numpy dtype, how many (n, removed, or 1), unit, and "not available"."""

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


def message(picked: RowView, chosen: NDArray[np.intp], removed: list[int], prev: int, flags: int) -> Binary:
    """The rows at places `chosen` of `picked`, and the MMSIs that are `removed`, for who is at `prev`."""
    snapshot = picked.snapshot
    time = round(snapshot.now * 1000)
    head = HEAD.pack(MAGIC, HEAD.size, flags, len(chosen), len(removed), snapshot.seq, prev, time)
    columns: list[Any] = [_column(picked, part, removed, chosen) for part in COLUMNS]
    return Binary(b"".join([head, *columns]))


def _column(picked: RowView, part: Part, removed: list[int], chosen: NDArray[np.intp]) -> bytes:
    if part.name == "removed_mmsi":
        column = np.array(removed, part.dtype)
    elif part.name == "age":
        column = picked.keep("age", lambda: ages(picked))[chosen]
    else:
        column = picked[part.name][chosen]
    return column.astype(part.dtype, copy=False).tobytes()


def ages(picked: RowView) -> NDArray[np.uint16]:
    """uint16[k]: 0.1 s from each position's event to the Snapshot; at least 0, at most MAX_AGE."""
    old = np.round((round(picked.snapshot.now * 1000) - picked["t"]) / 100)
    return np.asarray(np.clip(old, 0, MAX_AGE).astype(np.uint16))


def read(message: bytes) -> tuple[dict[str, int], dict[str, NDArray[Any]]]:
    """The header's fields and the columns of a message: views, nothing is copied.

    Raises:
        ValueError: It is no such message, or its length is not what its header says.

    """
    if len(message) < HEAD.size or message[:4] != MAGIC:
        raise ValueError(f"no FWY2 message: begins with {message[:4]!r}")
    values = HEAD.unpack_from(message)
    head = dict(zip([part.name for part in HEADER[1:]], values[1:], strict=True))
    offset, columns = head["header_bytes"], {}
    for part in COLUMNS:
        columns[part.name] = np.frombuffer(message, part.dtype, head[part.count], offset)
        offset += columns[part.name].nbytes
    if offset != len(message):
        raise ValueError(f"{len(message)} bytes, where the header says {offset}")
    return head, columns

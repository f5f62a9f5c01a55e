"""Encoder of Batches to AIVDM sentences, by column.

Source: ITU-R M.1371-5, messages 1, 3, 5, 18, 24; IEC 61162-1 (sentences); IEC 61162-450 (TAG block).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.batch import Batch

Bytes = NDArray[np.uint8]
Rows = NDArray[np.intp]
Bits = tuple[NDArray[Any] | int, int]
"""A field: int[n] or one value for all, with its width in bits; or six-bit characters, uint8[n, characters], with 6."""

CHUNK_ROWS: Final = 1000
FIRST_PART: Final = 60
"""Payload characters in the first sentence, so that no sentence exceeds 82 characters."""
SOG_NA: Final = 1023
COG_NA: Final = 3600
HEADING_NA: Final = 511
ROT_NA: Final = -128
SECOND_S: Final = 1000
CLASS_B_RADIO: Final = 0b1_1100000000000000110
"""Communication state of every carrier-sense unit."""
_AT_REST_SOG: Final = 30
_VOYAGE: Final = ("imo", "destination", "draught", "eta")
"""Only class A reports these: a report with one of them is a message 5."""
_WEIGHTS: Final = np.array([32, 16, 8, 4, 2, 1], np.uint8)
_HEX: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_ALPHABET: Final = bytes(c if 32 <= c < 96 and c != 64 else 63 for c in range(256))
"""Six-bit ASCII has no lower case and no braces, and @ ends a text: these become "?"."""


def sentences(batch: Batch, tags: bool = False) -> Iterator[tuple[bytes, int]]:
    """Yield sentences with line ends, as one text for at most CHUNK_ROWS reports, and the number of these reports.

    Sentences that the source sent as AIVDM pass unchanged. A report without an AIS message, such as a flag, gives no
    line but counts.

    Args:
        batch: reports.
        tags: put a TAG block before each sentence: `s` source, `c` Unix seconds, `g` group of a message in two parts.

    """
    # in chunks: a long encode would hold the interpreter's lock and stall all other threads
    for start in range(0, len(batch.mmsi), CHUNK_ROWS):
        rows = np.arange(start, min(start + CHUNK_ROWS, len(batch.mmsi)))
        if batch.sentences:
            yield _received(batch, rows.tolist(), tags), len(rows)
            continue
        encoded = [_sentences(batch, rows, payload, fill, tags) for payload, fill in _messages(batch, rows)]
        # side by side: gpsd matches the two parts of a class B vessel's message 24 only if they follow each other
        yield np.hstack(encoded).tobytes() if encoded else b"", len(rows)


def armours(batch: Batch, rows: Rows) -> Iterator[tuple[int, bytes]]:
    """Yield each message of some rows: its row, and its armoured payload with all parts joined."""
    if batch.sentences:
        for row in rows.tolist():
            parts = [line.split(b",")[5] for line in batch.sentences[row].splitlines()]
            if parts:
                yield row, b"".join(parts)
        return
    for payload, _ in _messages(batch, rows):
        length, text = payload.shape[1], payload.tobytes()
        for place, row in enumerate(rows.tolist()):
            yield row, text[place * length : (place + 1) * length]


def _received(batch: Batch, rows: list[int], tags: bool) -> bytes:
    """Return the sentences of the source, unchanged, one per line."""
    pieces: list[bytes] = []
    for row in rows:
        parts = batch.sentences[row].splitlines()
        for number, line in enumerate(parts, 1):
            pieces += [_tag(batch, np.array([row]), number, len(parts)).tobytes() if tags else b"", line, b"\r\n"]
    return b"".join(pieces)


def rot_ais(rot: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return ROT_AIS, int64[n], -126 to 126 or -128: 4.733 times the square root of degrees/minute, from tenths."""
    size = np.rint(4.733 * np.sqrt(np.abs(rot.astype(np.float64)) / 10))
    return np.where(rot == fields.ROT_NA, ROT_NA, np.sign(rot) * np.minimum(size, 126)).astype(np.int64)


def eta_parts(eta: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return month, day, hour and minute UTC, int64[n] each, of times in ms; 0, 0, 24, 60 if not available."""
    moment = eta.astype("datetime64[ms]")
    month = moment.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (moment.astype("datetime64[D]") - moment.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    hour, minute = eta // 3_600_000 % 24, eta // 60_000 % 60
    parts = zip((month, day, hour, minute), (0, 0, 24, 60), strict=True)
    return tuple(np.where(eta == 0, missing, part) for part, missing in parts)


def speed_course_heading(moving: dict[str, NDArray[Any]], rows: Rows) -> tuple[NDArray[np.int64], ...]:
    """Return SOG, COG and heading in AIS's units, int64[n] each, with AIS's codes for not available."""
    sog, cog, heading = (_column(moving, name, rows, fields.U2_NA) for name in ("sog", "cog", "heading"))
    return (
        np.where(sog == fields.U2_NA, SOG_NA, np.minimum(sog, SOG_NA - 1)),
        np.where(cog == fields.U2_NA, COG_NA, cog),
        np.where(heading == fields.U2_NA, HEADING_NA, heading),
    )


def message_types(batch: Batch, rows: Rows) -> NDArray[np.int64]:
    """Return the message type of each position report, int64[n]: 18 for class B, 3 for class A at rest, else 1."""
    if "nav_status" not in batch.moving:
        return np.full(len(rows), 18)
    status, sog = batch.moving["nav_status"][rows], _column(batch.moving, "sog", rows, fields.U2_NA)
    resting = np.isin(status, (fields.NAV_AT_ANCHOR, fields.NAV_MOORED)) & (sog <= _AT_REST_SOG)
    return np.where(resting, 3, 1)


def _messages(batch: Batch, rows: Rows) -> Iterator[tuple[Bytes, int]]:
    """Yield the armoured payloads of each message type, uint8[n, characters], with the number of fill bits."""
    if "lat" in batch.moving:
        yield _payload(_position(batch, rows))
    if any(name in batch.static for name in _VOYAGE):
        yield _payload(_static_and_voyage(batch, rows))
        return
    if "name" in batch.static:
        yield _payload(_class_b_name(batch, rows))
    if "callsign" in batch.static or "ship_type" in batch.static:
        yield _payload(_class_b_ship(batch, rows))


def _position(batch: Batch, rows: Rows) -> list[Bits]:
    """Return the fields of messages 1 and 3, or 18."""
    kind, moving = message_types(batch, rows), batch.moving
    sog, cog, heading = speed_course_heading(moving, rows)
    second = batch.t[rows] // SECOND_S % 60
    lon, lat = moving["lon"][rows], moving["lat"][rows]
    place: list[Bits] = [(sog, 10), (0, 1), (lon, 28), (lat, 27), (cog, 12), (heading, 9), (second, 6)]
    head: list[Bits] = [(kind, 6), (0, 2), (batch.mmsi[rows], 30)]
    if "nav_status" not in moving:
        # unit: carrier sense; no display; no DSC; whole band; takes message 22; autonomous; no RAIM
        return [*head, (0, 8), *place, (0, 2), (0b1001100, 7), (CLASS_B_RADIO, 20)]
    rot = rot_ais(_column(moving, "rot", rows, fields.ROT_NA))
    return [*head, (moving["nav_status"][rows], 4), (rot, 8), *place, (0, 2), (0, 3), (0, 1), (0, 19)]


def _static_and_voyage(batch: Batch, rows: Rows) -> list[Bits]:
    """Return the fields of message 5, AIS version 2, data terminal (DTE) not available."""
    month, day, hour, minute = eta_parts(_column(batch.static, "eta", rows, 0))
    return [
        (5, 6), (0, 2), (batch.mmsi[rows], 30), (2, 2), (_column(batch.static, "imo", rows, 0), 30),
        (_text(batch.static, "callsign", rows, 7), 6), (_text(batch.static, "name", rows, 20), 6),
        *_type_and_size(batch, rows), (0, 4), (month, 4), (day, 5), (hour, 5), (minute, 6),
        (_column(batch.static, "draught", rows, 0), 8), (_text(batch.static, "destination", rows, 20), 6), (0b10, 2),
    ]  # fmt: skip


def _class_b_name(batch: Batch, rows: Rows) -> list[Bits]:
    """Return the fields of message 24, part A."""
    return [(24, 6), (0, 2), (batch.mmsi[rows], 30), (0, 2), (_text(batch.static, "name", rows, 20), 6)]


def _class_b_ship(batch: Batch, rows: Rows) -> list[Bits]:
    """Return the fields of message 24, part B, without vendor."""
    kind, *size = _type_and_size(batch, rows)
    callsign = _text(batch.static, "callsign", rows, 7)
    return [(24, 6), (0, 2), (batch.mmsi[rows], 30), (1, 2), kind, (0, 42), (callsign, 6), *size, (0, 6)]


def _type_and_size(batch: Batch, rows: Rows) -> list[Bits]:
    kind, *sizes = (_column(batch.static, name, rows, 0) for name in ("ship_type", *"abcd"))
    limits = ((9, 511), (9, 511), (6, 63), (6, 63))
    return [(kind, 8), *((np.minimum(size, limit), bits) for size, (bits, limit) in zip(sizes, limits, strict=True))]


def _column(columns: dict[str, Any], name: str, rows: Rows, missing: int) -> NDArray[Any]:
    """Return a column as int64[n]; `missing` if the reports do not have it."""
    if name not in columns:
        return np.full(len(rows), missing, np.int64)
    return np.asarray(columns[name])[rows].astype(np.int64)


def _text(columns: dict[str, Any], name: str, rows: Rows, width: int) -> Bytes:
    """Return six-bit characters, uint8[n, width], padded with @."""
    column = columns.get(name)
    texts = [""] * len(rows) if column is None else [column[row] for row in rows.tolist()]
    raw = [text.strip().upper().encode("ascii", "replace").translate(_ALPHABET)[:width] for text in texts]
    joined = b"".join(text.ljust(width, b"@") for text in raw)
    return np.frombuffer(joined, np.uint8).reshape(len(rows), width) & np.uint8(63)


def _payload(message: Sequence[Bits]) -> tuple[Bytes, int]:
    """Return armoured fields, uint8[n, characters], and the number of fill bits after the last field."""
    n = max(np.shape(values)[0] for values, _ in message if not isinstance(values, int))
    columns = [_bits(values, width, n) for values, width in message]
    length = sum(column.shape[1] for column in columns)
    fill = -length % 6
    bits = np.hstack([*columns, np.zeros((n, fill), np.uint8)])
    code = bits.reshape(n, -1, 6) @ _WEIGHTS
    return (code + np.where(code < 40, 48, 56)).astype(np.uint8), fill


def _bits(values: NDArray[Any] | int, width: int, n: int) -> Bytes:
    """Return uint8[n, bits], the most significant bit first."""
    wide = np.asarray(values, np.int64)
    spread = np.arange(width - 1, -1, -1)
    if wide.ndim == 0:
        wide = np.full(n, wide)
    return ((wide[..., None] >> spread) & 1).astype(np.uint8).reshape(n, -1)


def _sentences(batch: Batch, rows: Rows, payload: Bytes, fill: int, tags: bool) -> Bytes:
    """Return each message as one sentence, or as two if it is long; uint8[n, characters]."""
    parts = [payload[:, :FIRST_PART], payload[:, FIRST_PART:]][: 1 + (payload.shape[1] > FIRST_PART)]
    sequence = (ord("0") + rows[:, None] % 10).astype(np.uint8)
    pieces: list[Bytes] = []
    for number, part in enumerate(parts, 1):
        if tags:
            pieces.append(_tag(batch, rows, number, len(parts)))
        head = b"!AIVDM,%d,%d," % (len(parts), number)
        end = b",%d" % (fill if number == len(parts) else 0)
        body = _joined(len(rows), head, sequence if len(parts) > 1 else b"", b",A,", part, end)
        pieces += [_checked(body), _joined(len(rows), b"\r\n")]
    return np.hstack(pieces)


def _tag(batch: Batch, rows: Rows, number: int, parts: int) -> Bytes:
    seconds = np.array([b"%010d" % t for t in (batch.t[rows] // SECOND_S).tolist()], "S10")
    group = np.array([b"g:%d-%d-%04d," % (number, parts, row % 10_000) for row in rows.tolist()] if parts > 1 else b"")
    named = b"s:" + batch.source[:15].encode("ascii", "replace") + b",c:"
    body = _joined(len(rows), b"\\", _characters(group, len(rows)), named, _characters(seconds, len(rows)))
    return _joined(len(rows), _checked(body), b"\\")


def _characters(texts: NDArray[np.bytes_], n: int) -> Bytes:
    """Return texts of equal length as uint8[n, length]."""
    return np.frombuffer(texts.tobytes(), np.uint8).reshape(n, -1) if texts.ndim else np.zeros((n, 0), np.uint8)


def _joined(n: int, *pieces: bytes | Bytes) -> Bytes:
    """Join constant and varying pieces side by side, uint8[n, length]."""
    return np.hstack(
        [
            np.broadcast_to(np.frombuffer(piece, np.uint8), (n, len(piece))) if isinstance(piece, bytes) else piece
            for piece in pieces
        ]
    )


def _checked(body: Bytes) -> Bytes:
    """Append `*` and the checksum: the exclusive or of all bytes after the first, in two hexadecimal digits."""
    total = np.bitwise_xor.reduce(body[:, 1:], axis=1)
    return _joined(len(body), body, b"*", _HEX[total >> 4][:, None], _HEX[total & 15][:, None])

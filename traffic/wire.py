"""Encoders: Snapshot -> the bytes that clients get. By column, then joined with fixed fragments.

Source: the guide's messages; units and rules of the protocol's level 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from traffic import fields
from traffic.snapshot import Snapshot

MAX_TEXT_BYTES = 512 * 1024
CHUNK_ROWS = 1000
_ROW = (
    b'{"imo_number":%b,"vessel_name":%b,"vessel_type":%b,"timestamp":%b,'
    b'"position":{"latitude":%b,"longitude":%b,"port_name":%b,"country":%b},'
    b'"kinematics":{"speed_over_ground":%b,"course_over_ground":%b,"heading":%b,"rate_of_turn":%b},'
    b'"status":%b,"destination":%b,"eta":%b,"mmsi":%b,"source":%b,"simulated":%b,"nav_status":%b}'
)
_TYPES = [orjson.dumps(name) for name in fields.VESSEL_TYPES]
_STATUSES = [orjson.dumps(name) for name in fields.STATUSES]


class Binary(bytes):
    """A message that goes out as a WebSocket binary frame; any other `bytes` is the text of a text frame."""

    __slots__ = ()


def rfc3339(seconds: float) -> str:
    """Unix seconds as RFC 3339 UTC with Z, whole seconds."""
    return str(np.datetime64(int(seconds), "s")) + "Z"


def rows(snapshot: Snapshot, wanted: NDArray[np.intp]) -> list[bytes]:
    """Each wanted row as one JSON object in the guide's shape of an update."""
    encoded: list[bytes] = []
    # in chunks: one long encode would hold the interpreter's lock and stall every other thread
    for start in range(0, len(wanted), CHUNK_ROWS):
        chunk = wanted[start : start + CHUNK_ROWS]
        encoded += map(_ROW.__mod__, zip(*_columns(snapshot, chunk), strict=True))
    return encoded


def vessel(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """One row as a dict in the guide's shape of an update; a position that isn't known is null."""
    result: dict[str, Any] = orjson.loads(rows(snapshot, np.array([row]))[0])
    return result


def particulars(snapshot: Snapshot, mmsi: int) -> dict[str, Any] | None:
    """One vessel for the page: the shape of an update, and what only static data tell; None if it is unknown.

    Adds `length_m`, `beam_m`, `draught` (m), `flag`, `callsign`, `route` (-1: none) and `age_s`, the seconds from its
    last position to the snapshot.
    """
    row = snapshot.find(mmsi=mmsi)
    if row is None:
        return None
    static = snapshot.static_columns
    a, b, c, d = (int(static[side][row]) for side in "abcd")
    return vessel(snapshot, row) | {
        "length_m": a + b or None,
        "beam_m": c + d or None,
        "draught": int(static["draught"][row]) / 10 or None,
        "flag": static["flag"][row] or None,
        "callsign": static["callsign"][row] or None,
        "route": int(static["route"][row]),
        "age_s": max(0.0, snapshot.now - int(snapshot.columns["t"][row]) / 1000),
    }


@lru_cache(maxsize=4)
def vessel_updates(snapshot: Snapshot, since: int, whole: bool = False) -> tuple[bytes, ...]:
    """`vessel_updates` messages with what changed after `since`, each at most 512 KiB; none when nothing did.

    Shared by everybody who asks for the same step. `whole` marks the answer to a subscription.
    """
    encoded = rows(snapshot, snapshot.changed_since(since))
    if not encoded and not whole:
        return ()
    parts = list(_parts(encoded))
    return tuple(_updates(snapshot, part, number, len(parts), whole) for number, part in enumerate(parts, 1))


def message(kind: str, now: float, **body: object) -> bytes:
    """A message of type `kind` with its timestamp."""
    return orjson.dumps({"type": kind, "timestamp": rfc3339(now), **body})


@lru_cache(maxsize=4)
def fleet_summary_update(snapshot: Snapshot, clients: int, now_s: int) -> bytes:
    """The `fleet_summary_update` of a second, shared by everybody who asks in it."""
    return message("fleet_summary_update", now_s, summary=summary(snapshot, clients, now_s))


def summary(snapshot: Snapshot, clients: int, now: float) -> dict[str, Any]:
    """The guide's summary, with all its keys."""
    return snapshot.summary | {"connected_clients": clients, "timestamp": rfc3339(now)}


def _updates(snapshot: Snapshot, part: list[bytes], number: int, parts: int, whole: bool) -> bytes:
    head = {
        "type": "vessel_updates",
        "timestamp": rfc3339(snapshot.now),
        "update_count": len(part),
        "seq": snapshot.seq,
        **({"snapshot": True} if whole else {}),
        **({"part": number, "parts": parts} if parts > 1 else {}),
    }
    return orjson.dumps(head)[:-1] + b',"updates":[' + b",".join(part) + b"]}"


def _parts(encoded: list[bytes]) -> Iterable[list[bytes]]:
    part: list[bytes] = []
    size = 256
    for item in encoded:
        if size + len(item) + 1 > MAX_TEXT_BYTES:
            yield part
            part, size = [], 256
        part.append(item)
        size += len(item) + 1
    yield part


def _columns(snapshot: Snapshot, chunk: NDArray[np.intp]) -> tuple[list[bytes], ...]:
    moving = {name: column[chunk] for name, column in snapshot.columns.items()}
    static = {name: column[chunk] for name, column in snapshot.static_columns.items()}
    sources = [orjson.dumps(name) for name in snapshot.sources]
    simulated = [orjson.dumps(flag) for flag in snapshot.simulated]
    return (
        _imos(static["imo"]),
        [_text(text) for text in static["name"]],
        [_TYPES[code] for code in static["vessel_type"].tolist()],
        _times(moving["t"]),
        _numbers(moving["lat"], fields.LAT_NA, fields.LATLON_SCALE, 5),
        _numbers(moving["lon"], fields.LON_NA, fields.LATLON_SCALE, 5),
        [_port(snapshot.port_names, index) for index in moving["port"].tolist()],
        [_port(snapshot.port_countries, index) for index in moving["port"].tolist()],
        _numbers(moving["sog"], fields.U2_NA, 10, 1),
        _numbers(moving["cog"], fields.U2_NA, 10, 1),
        _numbers(moving["heading"], fields.U2_NA, 1, 1),
        _numbers(moving["rot"], fields.ROT_NA, 10, 1),
        [_STATUSES[code] for code in moving["status"].tolist()],
        [_text(text) for text in static["destination"]],
        _times(static["eta"]),
        [b"%d" % number for number in moving["mmsi"].tolist()],
        [sources[code] for code in moving["source"].tolist()],
        [simulated[code] for code in moving["source"].tolist()],
        [b"%d" % code for code in moving["nav_status"].tolist()],
    )


def _numbers(column: NDArray[Any], missing: int, scale: int, digits: int) -> list[bytes]:
    values = np.where(column == missing, np.nan, np.round(column / scale, digits))
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _times(column: NDArray[np.int64]) -> list[bytes]:
    # few differ: a second is written once, however many vessels report in it
    seconds, place = np.unique(column // 1000, return_inverse=True)
    text = np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC").astype("S20").tolist()
    quoted = [b'"%b"' % moment if second > 0 else b"null" for moment, second in zip(text, seconds, strict=True)]
    return [quoted[at] for at in place.tolist()]


@lru_cache(maxsize=65536)
def _text(text: str) -> bytes:
    return orjson.dumps(text or None)


def _imos(column: NDArray[np.uint32]) -> list[bytes]:
    valid = fields.imo_is_valid(column).tolist()
    return [b'"IMO%07d"' % number if true else b"null" for number, true in zip(column.tolist(), valid, strict=True)]


def _port(names: list[str], index: int) -> bytes:
    return orjson.dumps(names[index]) if index >= 0 else b"null"

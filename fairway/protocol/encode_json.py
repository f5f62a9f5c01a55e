"""Encoders: Snapshot -> the JSON that clients get. By column, then joined with fixed fragments.

Source: the guide's messages; units and rules of the protocol's level 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from fairway.alerts.event_log import AlertEvent
from fairway.runtime.clock import Clock
from fairway.traffic import fields
from fairway.traffic.fields import Key
from fairway.traffic.snapshot import RowView, Snapshot

MAX_TEXT_BYTES = 512 * 1024
CHUNK_ROWS = 1000
_TYPES = [orjson.dumps(name) for name in fields.VESSEL_TYPES]
_DOUBTS = [orjson.dumps(name or None) for name in fields.DOUBTS]
_STATUSES = [orjson.dumps(name) for name in fields.STATUSES]


class Binary(bytes):
    """A message that goes out as a WebSocket binary frame; any other `bytes` is the text of a text frame."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ObjectForm:
    """Which keys of an update an object has, and whether its times have milliseconds.

    A `feature` is a GeoJSON Feature (RFC 7946): its properties are the keys, and what they hold, in one flat object.
    """

    keys: tuple[str, ...] = tuple(key.name for key in fields.UPDATE)
    ms: bool = False
    feature: bool = False


LEVEL_1: Final = ObjectForm()


def rfc3339(seconds: float, ms: bool = False) -> str:
    """Unix seconds as RFC 3339 UTC with Z, in whole seconds or with milliseconds."""
    return str(np.datetime64(round(seconds * 1000), "ms") if ms else np.datetime64(int(seconds), "s")) + "Z"


def rows(snapshot: Snapshot, wanted: NDArray[np.intp], form: ObjectForm = LEVEL_1, keep: bool = True) -> list[bytes]:
    """Each wanted row as one JSON object in the guide's shape of an update, encoded once per Snapshot and form.

    Without `keep` nothing is shared: for forms of which there are too many to remember.
    """
    if not keep:
        chunks = (wanted[start : start + CHUNK_ROWS] for start in range(0, len(wanted), CHUNK_ROWS))
        return [text for chunk in chunks for text in _encoded(RowView(snapshot, chunk), form)]
    count = len(snapshot.columns["mmsi"])
    encoded, known = snapshot.keep(form, lambda: (np.empty(count, object), np.zeros(count, bool)))
    missing = wanted[~known[wanted]]
    # in chunks: one long encode would hold the interpreter's lock and stall every other thread
    for start in range(0, len(missing), CHUNK_ROWS):
        chunk = missing[start : start + CHUNK_ROWS]
        encoded[chunk] = np.array(_encoded(RowView(snapshot, chunk), form), object)
        known[chunk] = True
    return encoded[wanted].tolist()  # type: ignore[no-any-return]


def vessel(snapshot: Snapshot, row: int, form: ObjectForm = LEVEL_1) -> dict[str, Any]:
    """One row as a dict in the guide's shape of an update; a position that isn't known is null."""
    result: dict[str, Any] = orjson.loads(rows(snapshot, np.array([row]), form)[0])
    return result


def reception(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """When and by whom the position of one row was heard: `fields.RECEPTION`, times with milliseconds."""
    t, received = (int(snapshot.columns[name][row]) for name in ("t", "received"))
    return {
        "received": rfc3339(received / 1000, ms=True) if received else None,
        "latency_s": (received - t) / 1000 if received else None,
        "station": snapshot.stations[snapshot.columns["station"][row]] or None,
    }


def particulars(snapshot: Snapshot, mmsi: int) -> dict[str, Any] | None:
    """One vessel for the page: the shape of an update, and what only static data tell; None if it is unknown.

    Adds `length_m`, `beam_m`, `draught` (m), `flag`, `callsign`, `route` (-1: none) and `age_s`, the seconds from its
    last position to the snapshot, and `fields.RECEPTION`.
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
        **reception(snapshot, row),
    }


def vessel_updates(snapshot: Snapshot, since: int, whole: bool = False) -> tuple[bytes, ...]:
    """`vessel_updates` of level 1 with what changed after `since`, each at most 512 KiB; none when nothing did.

    Shared by everybody who asks for the same step. `whole` marks the answer to a subscription.
    """
    return snapshot.keep(("vessel_updates", since, whole), lambda: _level_1_updates(snapshot, since, whole))


def _level_1_updates(snapshot: Snapshot, since: int, whole: bool) -> tuple[bytes, ...]:
    encoded = rows(snapshot, snapshot.changed_since(since))
    if not encoded and not whole:
        return ()
    parts = list(parts_of(encoded, MAX_TEXT_BYTES - 256))
    return tuple(_updates(snapshot, part, number, len(parts), whole) for number, part in enumerate(parts, 1))


def message(kind: str, now: float, ms: bool = False, /, **body: object) -> bytes:
    """A message of type `kind` with its timestamp, which has milliseconds if `ms`."""
    return orjson.dumps({"type": kind, "timestamp": rfc3339(now, ms), **body})


def event(alert: AlertEvent) -> bytes:
    """The `event` message of an alert."""
    zone = {} if alert.zone is None else {"zone": alert.zone}
    body = {"event_seq": alert.seq, "event_id": alert.event_id, "kind": alert.kind, "state": alert.state}
    return message("event", alert.time, True, **body, vessel=alert.vessel, **zone, evidence=alert.evidence)


def clock_state(clock: Clock, seed: int | None, ms: bool = False) -> dict[str, Any]:
    """The clock as clients see it, everywhere the same."""
    return {
        "time": rfc3339(clock.now(), ms),
        "rate": clock.rate,
        "rate_actual": round(clock.rate_actual, 3),
        "paused": clock.paused,
        "mode": clock.mode,
        "seed": seed,
    }


def fleet_summary_update(snapshot: Snapshot, clients: int, now: float, ms: bool = False) -> bytes:
    """The `fleet_summary_update` of a moment, shared by everybody who asks for the same."""

    def make() -> bytes:
        return message("fleet_summary_update", now, ms, summary=summary(snapshot, clients, now, ms))

    return snapshot.keep(("fleet_summary_update", clients, now, ms), make)


def summary(snapshot: Snapshot, clients: int, now: float, ms: bool = False) -> dict[str, Any]:
    """The guide's summary, with all its keys."""
    return snapshot.summary | {"connected_clients": clients, "timestamp": rfc3339(now, ms)}


def parts_of(encoded: list[bytes], room: int) -> Iterable[list[bytes]]:
    """The texts in as few lists as keep each, joined by commas, within `room` bytes; one empty list for none."""
    if sum(map(len, encoded)) + len(encoded) <= room:
        yield encoded
        return
    part: list[bytes] = []
    size = 0
    for item in encoded:
        if part and size + len(item) + 1 > room:
            yield part
            part, size = [], 0
        part.append(item)
        size += len(item) + 1
    yield part


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


def _encoded(picked: RowView, form: ObjectForm) -> list[bytes]:
    chosen = [key for key in fields.UPDATE if key.name in form.keys]
    leaves = [leaf for key in chosen for leaf in key.keys or (key,)]
    values = [texts(picked, leaf.name, form.ms) for leaf in leaves]
    if form.feature:
        return _features(picked, map(_template(leaves).__mod__, zip(*values, strict=True)))
    return list(map(_template(chosen).__mod__, zip(*values, strict=True)))


def texts(picked: RowView, name: str, ms: bool) -> list[bytes]:
    """Each picked row's value of a key of the update, as JSON; times with milliseconds if `ms`."""
    return _times(picked[_TIMES[name]], ms) if name in _TIMES else _LEAVES[name](picked)


def _features(picked: RowView, properties: Iterable[bytes]) -> list[bytes]:
    located = (picked["lat"] != fields.LAT_NA) & (picked["lon"] != fields.LON_NA)
    columns = (_LEAVES[name](picked) for name in ("mmsi", "longitude", "latitude"))
    return [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (mmsi, b'{"type":"Point","coordinates":[%b,%b]}' % (lon, lat) if known else b"null", inner)
        for mmsi, lon, lat, known, inner in zip(*columns, located.tolist(), properties, strict=True)
    ]


def _template(keys: Iterable[Key]) -> bytes:
    """The object with a %b for each value."""
    inner = (b'"%b":%b' % (key.name.encode(), _template(key.keys) if key.keys else b"%b") for key in keys)
    return b"{" + b",".join(inner) + b"}"


@lru_cache(maxsize=65536)
def text(value: str) -> bytes:
    """Reported text as JSON; null for none."""
    return orjson.dumps(value or None)


_TIMES: Final = {"timestamp": "t", "eta": "eta"}
_LEAVES: Final[dict[str, Callable[[RowView], list[bytes]]]] = {
    "imo_number": lambda picked: _imos(picked["imo"]),
    "vessel_name": lambda picked: [text(item) for item in picked["name"]],
    "vessel_type": lambda picked: [_TYPES[code] for code in picked["vessel_type"].tolist()],
    "latitude": lambda picked: numbers(picked["lat"], fields.LAT_NA, fields.LATLON_SCALE, 6),
    "longitude": lambda picked: numbers(picked["lon"], fields.LON_NA, fields.LATLON_SCALE, 6),
    "port_name": lambda picked: _ports(picked["port"], picked.snapshot.port_names),
    "country": lambda picked: _ports(picked["port"], picked.snapshot.port_countries),
    "speed_over_ground": lambda picked: numbers(picked["sog"], fields.U2_NA, 10, 1),
    "course_over_ground": lambda picked: numbers(picked["cog"], fields.U2_NA, 10, 1),
    "heading": lambda picked: numbers(picked["heading"], fields.U2_NA, 1, 1),
    "rate_of_turn": lambda picked: numbers(picked["rot"], fields.ROT_NA, 10, 1),
    "status": lambda picked: [_STATUSES[code] for code in picked["status"].tolist()],
    "destination": lambda picked: [text(item) for item in picked["destination"]],
    "mmsi": lambda picked: [b"%d" % number for number in picked["mmsi"].tolist()],
    "source": lambda picked: _of_source(picked, picked.snapshot.sources),
    "simulated": lambda picked: _of_source(picked, picked.snapshot.simulated),
    "nav_status": lambda picked: [b"%d" % code for code in picked["nav_status"].tolist()],
    "destination_port": lambda picked: _ports(picked["destination_port"], picked.snapshot.port_names),
    "doubt": lambda picked: [_DOUBTS[code] for code in picked["doubt"].tolist()],
}


def numbers(column: NDArray[Any], missing: int, scale: int, digits: int) -> list[bytes]:
    """A scaled column as JSON numbers; null for what is `missing`."""
    values = np.where(column == missing, np.nan, np.round(column / scale, digits))
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _times(column: NDArray[np.int64], ms: bool) -> list[bytes]:
    # few differ: a second is written once, however many vessels report in it
    unit, width, divisor = ("ms", "S24", 1) if ms else ("s", "S20", 1000)
    moments, place = np.unique(column // divisor, return_inverse=True)
    text = np.datetime_as_string(moments.astype(f"datetime64[{unit}]"), timezone="UTC").astype(width).tolist()
    quoted = [b'"%b"' % moment if value > 0 else b"null" for moment, value in zip(text, moments, strict=True)]
    return [quoted[at] for at in place.tolist()]


def _imos(column: NDArray[np.uint32]) -> list[bytes]:
    valid = fields.imo_is_valid(column).tolist()
    return [b'"IMO%07d"' % number if true else b"null" for number, true in zip(column.tolist(), valid, strict=True)]


def _ports(column: NDArray[np.int16], names: list[str]) -> list[bytes]:
    return [text(names[index]) if index >= 0 else b"null" for index in column.tolist()]


def _of_source(picked: RowView, values: tuple[object, ...]) -> list[bytes]:
    encoded = [orjson.dumps(value) for value in values]
    return [encoded[code] for code in picked["source"].tolist()]

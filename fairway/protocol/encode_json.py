"""The JSON encoding of vessels and messages: each column is encoded at once, then joined with fixed fragments.

Source: the messages of the guide; docs/reference/protocol.md for units and rules.
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

MAX_TEXT_BYTES: Final = 512 * 1024
"""Limit of a text message; longer ones are split into parts."""
MAX_HEAD_BYTES: Final = 256
"""Room for the keys of a level-1 message besides its vessels."""
CHUNK_ROWS: Final = 1000
"""Rows to encode without a release of the interpreter lock."""
_TYPES = [orjson.dumps(name) for name in fields.VESSEL_TYPES]
_DOUBTS = [orjson.dumps(name or None) for name in fields.DOUBTS]
_STATUSES = [orjson.dumps(name) for name in fields.STATUSES]


class Binary(bytes):
    """A message for a WebSocket binary frame; any other `bytes` is the text of a text frame."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ObjectForm:
    """Form of a vessel as a JSON object.

    Attributes:
        keys: keys of an update to include.
        ms: whether times have milliseconds.
        feature: whether it is a GeoJSON Feature (RFC 7946); its properties are the keys in one flat object.

    """

    keys: tuple[str, ...] = tuple(key.name for key in fields.UPDATE)
    ms: bool = False
    feature: bool = False


LEVEL_1: Final = ObjectForm()
"""An update of level 1."""


def rfc3339(seconds: float, ms: bool = False) -> str:
    """Return Unix seconds as RFC 3339 UTC with Z, in full seconds or with milliseconds."""
    return str(np.datetime64(round(seconds * 1000), "ms") if ms else np.datetime64(int(seconds), "s")) + "Z"


def rows(snapshot: Snapshot, wanted: NDArray[np.intp], form: ObjectForm = LEVEL_1, keep: bool = True) -> list[bytes]:
    """Return each wanted row as a JSON object, an update in the form of the guide; encoded once per Snapshot and form.

    Args:
        snapshot: the state of the vessels.
        wanted: row numbers.
        form: keys and form of each object.
        keep: whether to keep the result for other clients; False for forms with too many variants to keep.

    """
    if not keep:
        chunks = (wanted[start : start + CHUNK_ROWS] for start in range(0, len(wanted), CHUNK_ROWS))
        return [text for chunk in chunks for text in _encoded(RowView(snapshot, chunk), form)]
    count = len(snapshot.columns["mmsi"])
    encoded, known = snapshot.keep(form, lambda: (np.empty(count, object), np.zeros(count, bool)))
    missing = wanted[~known[wanted]]
    # in chunks: one long encode would hold the interpreter lock and stall every other thread
    for start in range(0, len(missing), CHUNK_ROWS):
        chunk = missing[start : start + CHUNK_ROWS]
        encoded[chunk] = np.array(_encoded(RowView(snapshot, chunk), form), object)
        known[chunk] = True
    return encoded[wanted].tolist()  # type: ignore[no-any-return]


def vessel(snapshot: Snapshot, row: int, form: ObjectForm = LEVEL_1) -> dict[str, Any]:
    """Return one row as a dict, an update in the form of the guide; an unknown position is None."""
    result: dict[str, Any] = orjson.loads(rows(snapshot, np.array([row]), form)[0])
    return result


def reception(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """Return when and by which station the position of one row was received: the keys of `fields.RECEPTION`."""
    t, received = (int(snapshot.columns[name][row]) for name in ("t", "received"))
    return {
        "received": rfc3339(received / 1000, ms=True) if received else None,
        "latency_s": (received - t) / 1000 if received else None,
        "station": snapshot.stations[snapshot.columns["station"][row]] or None,
    }


def particulars(snapshot: Snapshot, mmsi: int) -> dict[str, Any] | None:
    """Return one vessel for the page: an update with further static data; None if the MMSI is unknown.

    The further keys: `length_m`, `beam_m`, `draught` (m), `flag`, `callsign`, `route` (-1: none), `age_s` (seconds
    from its last position to the Snapshot), and those of `fields.RECEPTION`.
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


def vessel_updates(snapshot: Snapshot, since: int, full: bool = False) -> tuple[bytes, ...]:
    """Return `vessel_updates` of level 1 with the changes after `since`, each at most 512 KiB; none without a change.

    All clients at `since` share them. `full` marks the answer to a subscription, which is sent also if empty.
    """
    return snapshot.keep(("vessel_updates", since, full), lambda: _level_1_updates(snapshot, since, full))


def _level_1_updates(snapshot: Snapshot, since: int, full: bool) -> tuple[bytes, ...]:
    encoded = rows(snapshot, snapshot.changed_since(since))
    if not encoded and not full:
        return ()
    parts = list(parts_of(encoded, MAX_TEXT_BYTES - MAX_HEAD_BYTES))
    return tuple(_updates(snapshot, part, number, len(parts), full) for number, part in enumerate(parts, 1))


def message(kind: str, now: float, ms: bool = False, /, **body: object) -> bytes:
    """Return a message of type `kind` with its timestamp, which has milliseconds if `ms`."""
    return orjson.dumps({"type": kind, "timestamp": rfc3339(now, ms), **body})


def event(alert: AlertEvent) -> bytes:
    """Return the `event` message of an alert."""
    zone = {} if alert.zone is None else {"zone": alert.zone}
    body = {"event_seq": alert.seq, "event_id": alert.event_id, "kind": alert.kind, "state": alert.state}
    return message("event", alert.time, True, **body, vessel=alert.vessel, **zone, evidence=alert.evidence)


def clock_state(clock: Clock, seed: int | None, ms: bool = False) -> dict[str, Any]:
    """Return the clock's state in the form of all messages and of REST."""
    return {
        "time": rfc3339(clock.now(), ms),
        "rate": clock.rate,
        "rate_actual": round(clock.rate_actual, 3),
        "paused": clock.paused,
        "mode": clock.mode,
        "seed": seed,
    }


def fleet_summary_update(snapshot: Snapshot, clients: int, now: float, ms: bool = False) -> bytes:
    """Return the `fleet_summary_update` at `now`, shared by all clients of one tick."""

    def encode() -> bytes:
        return message("fleet_summary_update", now, ms, summary=summary(snapshot, clients, now, ms))

    return snapshot.keep(("fleet_summary_update", clients, now, ms), encode)


def summary(snapshot: Snapshot, clients: int, now: float, ms: bool = False) -> dict[str, Any]:
    """Return the fleet summary with all keys of the guide."""
    return snapshot.summary | {"connected_clients": clients, "timestamp": rfc3339(now, ms)}


def parts_of(encoded: list[bytes], room: int) -> Iterable[list[bytes]]:
    """Yield the texts in as few lists as possible, each at most `room` bytes with commas; one empty list for none."""
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


def _updates(snapshot: Snapshot, part: list[bytes], number: int, parts: int, full: bool) -> bytes:
    head = {
        "type": "vessel_updates",
        "timestamp": rfc3339(snapshot.now),
        "update_count": len(part),
        "seq": snapshot.seq,
        **({"snapshot": True} if full else {}),
        **({"part": number, "parts": parts} if parts > 1 else {}),
    }
    return orjson.dumps(head)[:-1] + b',"updates":[' + b",".join(part) + b"]}"


def _encoded(view: RowView, form: ObjectForm) -> list[bytes]:
    chosen = [key for key in fields.UPDATE if key.name in form.keys]
    leaves = [leaf for key in chosen for leaf in key.keys or (key,)]
    values = [texts(view, leaf.name, form.ms) for leaf in leaves]
    if form.feature:
        return _features(view, map(_template(leaves).__mod__, zip(*values, strict=True)))
    return list(map(_template(chosen).__mod__, zip(*values, strict=True)))


def texts(view: RowView, name: str, ms: bool) -> list[bytes]:
    """Return each row's value of a key of the update, as JSON; times with milliseconds if `ms`."""
    return _times(view[_TIMES[name]], ms) if name in _TIMES else _LEAVES[name](view)


def _features(view: RowView, properties: Iterable[bytes]) -> list[bytes]:
    located = (view["lat"] != fields.LAT_NA) & (view["lon"] != fields.LON_NA)
    columns = (_LEAVES[name](view) for name in ("mmsi", "longitude", "latitude"))
    return [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (mmsi, b'{"type":"Point","coordinates":[%b,%b]}' % (lon, lat) if has_position else b"null", inner)
        for mmsi, lon, lat, has_position, inner in zip(*columns, located.tolist(), properties, strict=True)
    ]


def _template(keys: Iterable[Key]) -> bytes:
    """Return the object with a %b for each value."""
    inner = (b'"%b":%b' % (key.name.encode(), _template(key.keys) if key.keys else b"%b") for key in keys)
    return b"{" + b",".join(inner) + b"}"


@lru_cache(maxsize=65536)
def text(value: str) -> bytes:
    """Return a reported text as JSON; null for an empty one."""
    return orjson.dumps(value or None)


_TIMES: Final = {"timestamp": "t", "eta": "eta"}
_LEAVES: Final[dict[str, Callable[[RowView], list[bytes]]]] = {
    "imo_number": lambda view: _imos(view["imo"]),
    "vessel_name": lambda view: [text(item) for item in view["name"]],
    "vessel_type": lambda view: [_TYPES[code] for code in view["vessel_type"].tolist()],
    "latitude": lambda view: numbers(view["lat"], fields.LAT_NA, fields.LATLON_SCALE, 6),
    "longitude": lambda view: numbers(view["lon"], fields.LON_NA, fields.LATLON_SCALE, 6),
    "port_name": lambda view: _ports(view["port"], view.snapshot.port_names),
    "country": lambda view: _ports(view["port"], view.snapshot.port_countries),
    "speed_over_ground": lambda view: numbers(view["sog"], fields.U2_NA, 10, 1),
    "course_over_ground": lambda view: numbers(view["cog"], fields.U2_NA, 10, 1),
    "heading": lambda view: numbers(view["heading"], fields.U2_NA, 1, 1),
    "rate_of_turn": lambda view: numbers(view["rot"], fields.ROT_NA, 10, 1),
    "status": lambda view: [_STATUSES[code] for code in view["status"].tolist()],
    "destination": lambda view: [text(item) for item in view["destination"]],
    "mmsi": lambda view: [b"%d" % number for number in view["mmsi"].tolist()],
    "source": lambda view: _of_source(view, view.snapshot.sources),
    "simulated": lambda view: _of_source(view, view.snapshot.simulated),
    "nav_status": lambda view: [b"%d" % code for code in view["nav_status"].tolist()],
    "destination_port": lambda view: _ports(view["destination_port"], view.snapshot.port_names),
    "doubt": lambda view: [_DOUBTS[code] for code in view["doubt"].tolist()],
}


def numbers(column: NDArray[Any], missing: int, scale: int, digits: int) -> list[bytes]:
    """Return a scaled column as JSON numbers; null for the value `missing`."""
    values = np.where(column == missing, np.nan, np.round(column / scale, digits))
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _times(column: NDArray[np.int64], ms: bool) -> list[bytes]:
    # many vessels report in the same second: each distinct time is formatted once
    unit, width, divisor = ("ms", "S24", 1) if ms else ("s", "S20", 1000)
    times, indices = np.unique(column // divisor, return_inverse=True)
    formatted = np.datetime_as_string(times.astype(f"datetime64[{unit}]"), timezone="UTC").astype(width).tolist()
    quoted = [b'"%b"' % item if value > 0 else b"null" for item, value in zip(formatted, times, strict=True)]
    return [quoted[index] for index in indices.tolist()]


def _imos(column: NDArray[np.uint32]) -> list[bytes]:
    valid = fields.imo_is_valid(column).tolist()
    return [b'"IMO%07d"' % number if ok else b"null" for number, ok in zip(column.tolist(), valid, strict=True)]


def _ports(column: NDArray[np.int16], names: list[str]) -> list[bytes]:
    return [text(names[index]) if index >= 0 else b"null" for index in column.tolist()]


def _of_source(view: RowView, values: tuple[object, ...]) -> list[bytes]:
    encoded = [orjson.dumps(value) for value in values]
    return [encoded[code] for code in view["source"].tolist()]

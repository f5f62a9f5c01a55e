"""Batches -> the frames of aisstream.io, each with what a subscription may ask about it.

As there, what is not known has AIS's own value. What Fairway doesn't keep (accuracy, RAIM, communication state, kind of
position fixing device, vendor) has AIS's default.

Source: github.com/aisstream/ais-message-models, type-definition.yaml 1.0.0 (fields); aisstream.io/documentation
(MetaData, to which `Source` and `Simulated` are added).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from outputs._aivdm_encode import CLASS_B_RADIO, eta_parts, message_types, rot_ais, speed_course_heading
from traffic import fields
from traffic.batch import Batch
from traffic.snapshot import Snapshot
from traffic.wire import Binary

TYPES: Final = (
    "PositionReport", "StandardClassBPositionReport", "LongRangeAisBroadcastMessage", "ShipStaticData",
    "StaticDataReport",
)  # fmt: skip
"""What is sent here."""
CHUNK_ROWS: Final = 500
_VOYAGE: Final = ("imo", "destination", "draught", "eta")
_CLASS_B: Final = {
    "Spare1": 0, "Spare2": 0, "ClassBUnit": True, "ClassBDisplay": False, "ClassBDsc": False, "ClassBBand": True,
    "ClassBMsg22": True, "AssignedMode": False, "Raim": False, "PositionAccuracy": False,
    "CommunicationStateIsItdma": True, "CommunicationState": CLASS_B_RADIO & 0x7FFFF,
}  # fmt: skip
_CLASS_A: Final = {
    "SpecialManoeuvreIndicator": 0, "Spare": 0, "Raim": False, "PositionAccuracy": False, "CommunicationState": 0,
}  # fmt: skip
_LONG_RANGE: Final = {"PositionAccuracy": False, "Raim": False, "PositionLatency": False, "Spare": False}
_NO_NAME: Final = {"Valid": False, "Name": ""}
_NO_SHIP: Final = {
    "Valid": False, "ShipType": 0, "VendorIDName": "", "VenderIDModel": 0, "VenderIDSerial": 0, "CallSign": "",
    "Dimension": {"A": 0, "B": 0, "C": 0, "D": 0}, "FixType": 0, "Spare": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """n frames of one message type, to go out as binary; parallel to them whose they are and where that vessel is."""

    kind: str
    frames: list[Binary]
    mmsi: NDArray[np.uint32]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


def pages(batch: Batch, snapshot: Snapshot) -> Iterator[Page]:
    """The frames of a batch, at most CHUNK_ROWS at once. Names, and places of static reports, are the snapshot's.

    As at aisstream.io a vessel whose place is not known is not told.
    """
    order = np.argsort(snapshot.columns["mmsi"])
    for start in range(0, len(batch.mmsi), CHUNK_ROWS):
        rows = np.arange(start, min(start + CHUNK_ROWS, len(batch.mmsi)))
        known = _known(batch, rows, snapshot, order)
        rows = rows[known.placed]
        if len(rows):
            for kind, bodies in _messages(batch, rows):
                yield _page(kind, bodies, batch, rows, known)


@dataclass(frozen=True, slots=True)
class _Known:
    """What MetaData says of the rows that have a place: `placed` is bool[all rows], the others have one item each."""

    placed: NDArray[np.bool_]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    names: list[str]


def _known(batch: Batch, rows: NDArray[np.intp], snapshot: Snapshot, order: NDArray[np.intp]) -> _Known:
    there, found = _find(batch.mmsi[rows], snapshot, order)
    lat, lon, names = np.full(len(rows), fields.LAT_NA), np.full(len(rows), fields.LON_NA), [""] * len(rows)
    lat[found], lon[found] = snapshot.columns["lat"][there], snapshot.columns["lon"][there]
    for row, name in zip(found.tolist(), snapshot.static_columns["name"][there].tolist(), strict=True):
        names[row] = name
    if "lat" in batch.moving:
        lat, lon = batch.moving["lat"][rows], batch.moving["lon"][rows]
    if "name" in batch.static:
        names = [batch.static["name"][row] for row in rows.tolist()]
    placed = (lat != fields.LAT_NA) & (lon != fields.LON_NA)
    north, east = (value[placed] / fields.LATLON_SCALE for value in (lat, lon))
    return _Known(placed, north, east, [names[row] for row in np.flatnonzero(placed).tolist()])


def _find(
    mmsi: NDArray[np.uint32], snapshot: Snapshot, order: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the snapshot, and parallel to them the places in `mmsi` of the vessels that it knows."""
    column = snapshot.columns["mmsi"][order]
    at = np.searchsorted(column, mmsi)
    found = np.flatnonzero(at < len(column))
    found = found[column[at[found]] == mmsi[found]]
    return order[at[found]], found


def _page(kind: str, bodies: list[dict[str, Any]], batch: Batch, rows: NDArray[np.intp], known: _Known) -> Page:
    mmsi = batch.mmsi[rows]
    # Go's own format of a time, which clients cut after six digits of the second
    moments = np.datetime_as_string(batch.t[rows].astype("datetime64[ms]"), unit="ns").tolist()
    about = zip(
        mmsi.tolist(), known.names, known.lat.round(5).tolist(), known.lon.round(5).tolist(), moments, strict=True
    )
    frames = [
        Binary(
            orjson.dumps(
                {
                    "MessageType": kind,
                    "MetaData": {
                        "MMSI": number,
                        "MMSI_String": number,
                        "ShipName": name.upper(),
                        "latitude": lat,
                        "longitude": lon,
                        "time_utc": f"{moment.replace('T', ' ')} +0000 UTC",
                        "Source": batch.source,
                        "Simulated": batch.simulated,
                    },
                    "Message": {kind: body | {"RepeatIndicator": 0, "UserID": number, "Valid": True}},
                }
            )
        )
        for body, (number, name, lat, lon, moment) in zip(bodies, about, strict=True)
    ]
    return Page(kind, frames, mmsi, known.lat, known.lon)


def _messages(batch: Batch, rows: NDArray[np.intp]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if "lat" in batch.moving:
        yield _positions(batch, rows)
    if any(name in batch.static for name in _VOYAGE):
        yield "ShipStaticData", _static_and_voyage(batch, rows)
        return
    if "name" in batch.static:
        names = ({"Valid": True, "Name": name} for name in _texts(batch, "name", rows))
        yield "StaticDataReport", [_class_b(0, report, _NO_SHIP) for report in names]
    if "callsign" in batch.static or "ship_type" in batch.static:
        yield "StaticDataReport", [_class_b(1, _NO_NAME, report) for report in _class_b_ships(batch, rows)]


def _positions(batch: Batch, rows: NDArray[np.intp]) -> tuple[str, list[dict[str, Any]]]:
    """Messages 1 and 3, 18, or 27, which has no heading."""
    moving = batch.moving
    sog, cog, heading = speed_course_heading(moving, rows)
    columns: dict[str, list[Any]] = {
        "Latitude": (moving["lat"][rows] / fields.LATLON_SCALE).round(6).tolist(),
        "Longitude": (moving["lon"][rows] / fields.LATLON_SCALE).round(6).tolist(),
        "Sog": (sog / 10).tolist(),
        "Cog": (cog / 10).tolist(),
    }
    if "nav_status" in moving:
        columns["NavigationalStatus"] = moving["nav_status"][rows].tolist()
        if "heading" not in moving:
            return "LongRangeAisBroadcastMessage", _bodies(columns, {"MessageID": 27} | _LONG_RANGE)
    columns["MessageID"] = message_types(batch, rows).tolist()
    columns["TrueHeading"] = heading.tolist()
    columns["Timestamp"] = (batch.t[rows] // 1000 % 60).tolist()
    if "nav_status" not in moving:
        return "StandardClassBPositionReport", _bodies(columns, _CLASS_B)
    rot = moving["rot"][rows] if "rot" in moving else np.full(len(rows), fields.ROT_NA, np.int16)
    columns["RateOfTurn"] = rot_ais(rot).tolist()
    return "PositionReport", _bodies(columns, _CLASS_A)


def _static_and_voyage(batch: Batch, rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    static = batch.static
    eta = np.asarray(static["eta"], np.int64)[rows] if "eta" in static else np.zeros(len(rows), np.int64)
    columns: dict[str, list[Any]] = {
        "ImoNumber": _integers(batch, "imo", rows),
        "CallSign": _texts(batch, "callsign", rows),
        "Name": _texts(batch, "name", rows),
        "Type": _integers(batch, "ship_type", rows),
        "Dimension": _dimensions(batch, rows),
        "Eta": _bodies(
            dict(zip(("Month", "Day", "Hour", "Minute"), (p.tolist() for p in eta_parts(eta)), strict=True))
        ),
        "MaximumStaticDraught": [tenths / 10 for tenths in _integers(batch, "draught", rows)],
        "Destination": _texts(batch, "destination", rows),
    }
    return _bodies(columns, {"MessageID": 5, "AisVersion": 2, "FixType": 0, "Dte": True, "Spare": False})


def _class_b(part: int, name: dict[str, Any], ship: dict[str, Any]) -> dict[str, Any]:
    """Message 24; `PartNumber` is a boolean there."""
    return {"MessageID": 24, "Reserved": 0, "PartNumber": bool(part), "ReportA": name, "ReportB": ship}


def _class_b_ships(batch: Batch, rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {
        "ShipType": _integers(batch, "ship_type", rows),
        "CallSign": _texts(batch, "callsign", rows),
        "Dimension": _dimensions(batch, rows),
    }
    return _bodies(columns, _NO_SHIP | {"Valid": True})


def _dimensions(batch: Batch, rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    return _bodies({side: _integers(batch, side.lower(), rows) for side in "ABCD"})


def _bodies(columns: dict[str, list[Any]], same: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Columns as one dictionary a row, with what all have in common: 1 us each, and only while somebody listens."""
    return [(same or {}) | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _integers(batch: Batch, name: str, rows: NDArray[np.intp]) -> list[int]:
    column = batch.static.get(name)
    return [0] * len(rows) if column is None else np.asarray(column, np.int64)[rows].tolist()


def _texts(batch: Batch, name: str, rows: NDArray[np.intp]) -> list[str]:
    """As AIS has them: upper case."""
    column = batch.static.get(name)
    return [""] * len(rows) if column is None else [column[row].upper() for row in rows.tolist()]

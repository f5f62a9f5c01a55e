"""Batches -> the frames of aisstream.io, each with what a subscription may ask about it.

Frames are read from AIS messages: from those that the source heard, else from those that the AIVDM outputs would send.

Source: aisstream.io/documentation (MetaData, to which `Source` and `Simulated` are added).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson

from fairway.ais.aisstream_models import read
from fairway.ais.encode import armours
from fairway.protocol.encode_json import Binary
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.snapshot import Snapshot

CHUNK_ROWS: Final = 500


@dataclass(slots=True)
class Page:
    """Frames of one message type, to go out as binary; parallel to them whose they are and where that vessel is."""

    kind: str
    frames: list[Binary] = field(default_factory=list)
    mmsi: list[int] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)


def pages(batch: Batch, snapshot: Snapshot) -> Iterator[Page]:
    """The frames of a batch, at most CHUNK_ROWS reports at once.

    Names and places that a message does not tell are the snapshot's. As at aisstream.io, a station whose place is not
    known is not sent.
    """
    numbers = snapshot.columns["mmsi"]
    order = np.argsort(numbers)
    for start in range(0, len(batch.mmsi), CHUNK_ROWS):
        rows = np.arange(start, min(start + CHUNK_ROWS, len(batch.mmsi)))
        at = (
            order[np.minimum(np.searchsorted(numbers[order], batch.mmsi[rows]), len(order) - 1)] if len(order) else rows
        )
        built: dict[str, Page] = {}
        for row, armour in armours(batch, rows):
            message = read(armour)
            there = int(at[row - start]) if len(order) and numbers[at[row - start]] == batch.mmsi[row] else None
            if message is not None:
                _add(built.setdefault(message[0], Page(message[0])), message[1], batch, row, snapshot, there)
        yield from (page for page in built.values() if page.frames)


def _add(page: Page, body: dict[str, Any], batch: Batch, row: int, snapshot: Snapshot, there: int | None) -> None:
    lat, lon = body.get("Latitude", 91.0), body.get("Longitude", 181.0)
    if abs(lat) > 90 or abs(lon) > 180:
        lat, lon = _last_place(snapshot, there)
    if abs(lat) > 90 or abs(lon) > 180:
        return
    mmsi = body["UserID"]
    name = body.get("Name") or body.get("ReportA", {}).get("Name")
    if not name and there is not None:
        name = snapshot.static_columns["name"][there].upper()
    # Go's own format of a time, which clients cut after six digits of the second
    moment = np.datetime_as_string(np.datetime64(int(batch.t[row]), "ms"), unit="ns").replace("T", " ")
    meta = {
        "MMSI": mmsi,
        "MMSI_String": mmsi,
        "ShipName": name or "",
        "latitude": round(lat, 5),
        "longitude": round(lon, 5),
        "time_utc": f"{moment} +0000 UTC",
        "Source": batch.source,
        "Simulated": batch.simulated,
    }
    frame = {"MessageType": page.kind, "MetaData": meta, "Message": {page.kind: body}}
    page.frames.append(Binary(orjson.dumps(frame)))
    page.mmsi.append(mmsi)
    page.lat.append(lat)
    page.lon.append(lon)


def _last_place(snapshot: Snapshot, row: int | None) -> tuple[float, float]:
    """Degrees; 91 and 181 where it is not known."""
    columns = snapshot.columns
    lat, lon = (fields.LAT_NA, fields.LON_NA) if row is None else (int(columns["lat"][row]), int(columns["lon"][row]))
    return lat / fields.LATLON_SCALE, lon / fields.LATLON_SCALE

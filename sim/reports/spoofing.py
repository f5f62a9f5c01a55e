"""Spoofing: silence, a false identity or a false position in a vessel's reports, although its crew knows better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairway.traffic import fields
from fairway.traffic.batch import Batch


@dataclass(frozen=True, slots=True)
class Spoofing:
    """How the reports of one vessel differ from the truth.

    Attributes:
        mmsi: the vessel's true MMSI.
        kind: "dark", "identity" or "false_position".
        values: for identity: mmsi, imo_number, name; for false_position: north_nm, east_nm. Every key is optional.

    """

    mmsi: int
    kind: str
    values: Mapping[str, Any]


def apply_spoofing(batch: Batch, active: list[Spoofing]) -> Batch:
    """Return the batch as it is transmitted: without dark vessels, with false identities and positions.

    A Python loop over the vessels that spoof; a scenario has a few.
    """
    true = batch.mmsi
    for item in active:
        rows = np.flatnonzero(true == item.mmsi)
        if not len(rows):
            continue
        if item.kind == "false_position":
            batch = _with_false_position(batch, rows, item.values)
        elif item.kind == "identity":
            batch = _with_false_identity(batch, rows, item.values)
    dark = [item.mmsi for item in active if item.kind == "dark"]
    return batch.take(np.flatnonzero(~np.isin(true, dark))) if dark else batch


def _with_false_position(batch: Batch, rows: Any, values: Mapping[str, Any]) -> Batch:
    if not batch.moving:
        return batch
    moving = {name: column.copy() for name, column in batch.moving.items()}
    lat = moving["lat"][rows] / fields.LATLON_SCALE + values.get("north_nm", 0.0) / 60
    # the poles stay out of reach: the cosine of the latitude divides the offset to the east
    lat = np.clip(lat, -89.9, 89.9)
    east = values.get("east_nm", 0.0) / 60 / np.cos(np.radians(lat))
    lon = (moving["lon"][rows] / fields.LATLON_SCALE + east + 180.0) % 360.0 - 180.0
    moving["lat"][rows] = np.rint(lat * fields.LATLON_SCALE)
    moving["lon"][rows] = np.rint(lon * fields.LATLON_SCALE)
    return replace(batch, moving=moving)


def _with_false_identity(batch: Batch, rows: Any, values: Mapping[str, Any]) -> Batch:
    mmsi = batch.mmsi.copy()
    mmsi[rows] = values.get("mmsi", mmsi[rows])
    static = dict(batch.static)
    if static and "imo_number" in values:
        static["imo"] = np.array(static["imo"])
        static["imo"][rows] = int(str(values["imo_number"])[-7:])
    if static and "name" in values:
        static["name"] = list(static["name"])
        for row in rows.tolist():
            static["name"][row] = values["name"]
    return replace(batch, mmsi=mmsi, static=static)

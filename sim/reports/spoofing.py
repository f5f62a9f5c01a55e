"""Deceptions: how what a vessel reports differs from the truth on purpose: silence, another name, another place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairway.traffic import fields
from fairway.traffic.batch import Batch


@dataclass(frozen=True, slots=True)
class Deception:
    """What one vessel does.

    Attributes:
        mmsi: its true number.
        kind: dark, identity or false_position.
        values: identity: mmsi, imo_number, name; false_position: north_nm, east_nm.

    """

    mmsi: int
    kind: str
    values: Mapping[str, Any]


def deceived(batch: Batch, deceptions: list[Deception]) -> Batch:
    """The batch as its vessels tell it; a loop over the few that deceive."""
    true = batch.mmsi
    for deception in deceptions:
        rows = np.flatnonzero(true == deception.mmsi)
        if not len(rows):
            continue
        if deception.kind == "false_position":
            batch = _moved(batch, rows, deception.values)
        elif deception.kind == "identity":
            batch = _renamed(batch, rows, deception.values)
    dark = [deception.mmsi for deception in deceptions if deception.kind == "dark"]
    return batch.take(np.flatnonzero(~np.isin(true, dark))) if dark else batch


def _moved(batch: Batch, rows: Any, values: Mapping[str, Any]) -> Batch:
    if not batch.moving:
        return batch
    moving = {name: column.copy() for name, column in batch.moving.items()}
    lat = moving["lat"][rows] / fields.LATLON_SCALE + values.get("north_nm", 0.0) / 60
    lat = np.clip(lat, -89.9, 89.9)
    east = values.get("east_nm", 0.0) / 60 / np.cos(np.radians(lat))
    lon = (moving["lon"][rows] / fields.LATLON_SCALE + east + 180.0) % 360.0 - 180.0
    moving["lat"][rows] = np.rint(lat * fields.LATLON_SCALE)
    moving["lon"][rows] = np.rint(lon * fields.LATLON_SCALE)
    return replace(batch, moving=moving)


def _renamed(batch: Batch, rows: Any, values: Mapping[str, Any]) -> Batch:
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

"""Encoder of Batches to the messages of Digitraffic's marine traffic, for outputs to a broker.

Source: digitraffic.fi, "Marine traffic", MQTT topics `vessels-v2` (version of November 2022), which
use AIS's codes for values that are not available. Added: `mmsi`, `source`, `simulated`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from fairway.ais.encode import eta_parts, rot_ais, speed_course_heading
from fairway.traffic import fields
from fairway.traffic.batch import Batch

CHUNK_ROWS: Final = 1000
_METADATA: Final = {
    "name": "name", "destination": "destination", "callsign": "callSign", "imo": "imo", "ship_type": "type",
    "draught": "draught", "a": "refA", "b": "refB", "c": "refC", "d": "refD",
}  # fmt: skip


class BrokerMessage(NamedTuple):
    """A message about one vessel: `kind` is location or metadata, `body` is JSON."""

    mmsi: int
    kind: str
    body: bytes


def messages(batch: Batch, counts: Counter[str]) -> Iterator[BrokerMessage]:
    """Yield a message for each report with a position or static data.

    Metadata hold reported fields only: class B sends name and size separately, and never a voyage. Reports without a
    message (position unknown, or not a vessel) are counted under `untold`.
    """
    origin = {"source": batch.source, "simulated": batch.simulated}
    for start in range(0, len(batch.mmsi), CHUNK_ROWS):
        rows = np.arange(start, min(start + CHUNK_ROWS, len(batch.mmsi)))
        numbers = batch.mmsi[rows].tolist()
        all_columns = {"location": _location(batch, rows), "metadata": _metadata(batch, rows)}
        reported = {kind: columns for kind, columns in all_columns.items() if columns}
        if not reported:
            counts["untold"] += len(rows)
        for kind, columns in reported.items():
            for mmsi, values in zip(numbers, zip(*columns.values(), strict=True), strict=True):
                body = dict(zip(columns, values, strict=True)) | {"mmsi": mmsi} | origin
                if body.get("lat") != _NO_LATITUDE:
                    yield BrokerMessage(mmsi, kind, orjson.dumps(body))
                elif "metadata" not in reported:
                    counts["untold"] += 1


_NO_LATITUDE: Final = fields.LAT_NA / fields.LATLON_SCALE


def _location(batch: Batch, rows: NDArray[np.intp]) -> dict[str, list[Any]]:
    """Return the columns of `location`: degrees, knots; `rot` is the code ROT_AIS."""
    moving = batch.moving
    if "lat" not in moving:
        return {}
    sog, cog, heading = speed_course_heading(moving, rows)
    rot = moving["rot"][rows] if "rot" in moving else np.full(len(rows), fields.ROT_NA, np.int16)
    status = moving["nav_status"][rows] if "nav_status" in moving else np.full(len(rows), fields.NAV_UNDEFINED)
    return {
        "time": (batch.t[rows] // 1000).tolist(),
        "sog": (sog / 10).tolist(),
        "cog": (cog / 10).tolist(),
        "navStat": status.tolist(),
        "rot": rot_ais(rot).tolist(),
        "posAcc": [False] * len(rows),
        "raim": [False] * len(rows),
        "heading": heading.tolist(),
        "lon": (moving["lon"][rows] / fields.LATLON_SCALE).round(6).tolist(),
        "lat": (moving["lat"][rows] / fields.LATLON_SCALE).round(6).tolist(),
    }


def _metadata(batch: Batch, rows: NDArray[np.intp]) -> dict[str, list[Any]]:
    """Return the columns of `metadata`: metres, draught in tenths; `eta` in AIS's 20 bits."""
    static = batch.static
    columns = {theirs: np.asarray(static[ours])[rows].tolist() for ours, theirs in _METADATA.items() if ours in static}
    if not columns:
        return {}
    if "eta" in static:
        month, day, hour, minute = eta_parts(np.asarray(static["eta"], np.int64)[rows])
        columns["eta"] = (month << 16 | day << 11 | hour << 6 | minute).tolist()
    if "imo" in static:
        columns["posType"] = [0] * len(rows)  # type of position fixing device: undefined
    return {"timestamp": batch.t[rows].tolist()} | columns

"""A vessel's track as JSON, GeoJSON, GPX and CSV."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import orjson
from numpy.typing import NDArray

from fairway.protocol import encode_json

_GPX: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Fairway" xmlns="http://www.topografix.com/GPX/1/1">'
    "<trk><name>{name}</name><trkseg>{points}</trkseg></trk></gpx>\n"
)


@dataclass(frozen=True, slots=True)
class TrackDocument:
    """Where one vessel was.

    Attributes:
        mmsi, imo_number, vessel_name: whose.
        t: int64[n], ms UTC, rising.
        lat, lon: float64[n], degrees.
        sog: float64[n], knots; NaN where not known.

    """

    mmsi: int
    imo_number: str | None
    vessel_name: str | None
    t: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    sog: NDArray[np.float64]

    @property
    def times(self) -> list[str]:
        """RFC 3339, whole seconds."""
        return [encode_json.rfc3339(t / 1000) for t in self.t.tolist()]

    @property
    def speeds(self) -> list[float | None]:
        """Knots to one decimal, None where not known."""
        return [None if np.isnan(value) else value for value in self.sog.round(1).tolist()]

    @property
    def positions(self) -> list[tuple[float, float]]:
        """(latitude, longitude) in degrees, to six decimals."""
        return list(zip(self.lat.round(6).tolist(), self.lon.round(6).tolist(), strict=True))


def as_json(track: TrackDocument) -> bytes:
    """The points as objects."""
    points = [
        {"timestamp": time, "latitude": lat, "longitude": lon, "speed_over_ground": sog}
        for time, (lat, lon), sog in zip(track.times, track.positions, track.speeds, strict=True)
    ]
    return orjson.dumps(_whose(track) | {"count": len(points), "points": points})


def as_geojson(track: TrackDocument) -> bytes:
    """One Feature: a line (cut where it crosses the antimeridian), or a point. Source: RFC 7946, 3.1.9."""
    lines = _cut([[lon, lat] for lat, lon in track.positions])
    geometry: dict[str, Any] | None
    if not lines:
        geometry = None
    elif len(lines) > 1:
        geometry = {"type": "MultiLineString", "coordinates": lines}
    elif len(lines[0]) == 1:
        geometry = {"type": "Point", "coordinates": lines[0][0]}
    else:
        geometry = {"type": "LineString", "coordinates": lines[0]}
    properties = _whose(track) | {"times": track.times, "speed_over_ground": track.speeds}
    return orjson.dumps({"type": "Feature", "id": track.mmsi, "geometry": geometry, "properties": properties})


def as_gpx(track: TrackDocument) -> bytes:
    """GPX 1.1, which plotters and route planners read; it has no place for speed."""
    points = "".join(
        f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{time}</time></trkpt>'
        for time, (lat, lon) in zip(track.times, track.positions, strict=True)
    )
    # names come off the air: XML 1.0 has no place at all for most control characters
    name = "".join(c if c.isprintable() else " " for c in track.vessel_name or str(track.mmsi))
    return _GPX.format(name=escape(name), points=points).encode()


def as_csv(track: TrackDocument) -> bytes:
    """A table with a head, RFC 4180; an unknown speed is an empty cell."""
    page = io.StringIO()
    table = csv.writer(page)
    table.writerow(["mmsi", "timestamp", "latitude", "longitude", "speed_over_ground"])
    for time, (lat, lon), sog in zip(track.times, track.positions, track.speeds, strict=True):
        table.writerow([track.mmsi, time, lat, lon, sog])
    return page.getvalue().encode()


WRITERS: Final[dict[str, tuple[str, Callable[[TrackDocument], bytes]]]] = {
    "json": ("application/json", as_json),
    "geojson": ("application/geo+json", as_geojson),
    "gpx": ("application/gpx+xml", as_gpx),
    "csv": ("text/csv", as_csv),
}


def _whose(track: TrackDocument) -> dict[str, Any]:
    return {"mmsi": track.mmsi, "imo_number": track.imo_number, "vessel_name": track.vessel_name}


def _cut(line: list[list[float]]) -> list[list[list[float]]]:
    """A line of [longitude, latitude] in parts that end at the antimeridian and begin on its other side."""
    parts: list[list[list[float]]] = [line[:1]] if line else []
    for (lon_a, lat_a), (lon_b, lat_b) in itertools.pairwise(line):
        if abs(lon_b - lon_a) > 180:
            side = 180.0 if lon_a > 0 else -180.0
            run = (lon_b + 2 * side) - lon_a
            lat = round(lat_a + (lat_b - lat_a) * ((side - lon_a) / run if run else 0.0), 6)
            parts[-1].append([side, lat])
            parts.append([[-side, lat]])
        parts[-1].append([lon_b, lat_b])
    return parts

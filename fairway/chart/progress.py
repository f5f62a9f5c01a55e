"""Progress along a route: how far a position has come on the lines of its legs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import angle_diff, distance_nm
from fairway.chart.routing import Path

Floats = NDArray[np.float64]


def progress(legs: Sequence[Path], lat: float, lon: float) -> float:
    """Share of a route that lies before the point nearest to a position, 0 to 1."""
    distance, along = zip(*(nearest(leg.lat, leg.lon, lat, lon) for leg in legs), strict=True)
    best = int(np.argmin(distance))
    lengths = [leg.length_nm for leg in legs]
    return float(min((sum(lengths[:best]) + along[best]) / sum(lengths), 1.0))


def nearest(line_lat: Floats, line_lon: Floats, lat: float, lon: float) -> tuple[float, float]:
    """Distance from a position to a line, and distance along the line to its nearest point; nautical miles.

    Args:
        line_lat: float64[points], degrees; segments are short enough to be straight in latitude and longitude.
        line_lon: float64[points], degrees, continuous.
        lat: degrees.
        lon: degrees.

    """
    scale = np.array([60.0, 60.0 * np.cos(np.radians(lat))])
    begin = scale * np.stack([line_lat[:-1] - lat, angle_diff(line_lon[:-1], lon)], axis=1)
    step = scale * np.stack([np.diff(line_lat), np.diff(line_lon)], axis=1)
    square = np.maximum((step**2).sum(axis=1), 1e-18)
    part = np.clip(-(begin * step).sum(axis=1) / square, 0.0, 1.0)
    distance = np.hypot(*(begin + part[:, None] * step).T)
    best = int(np.argmin(distance))
    nm = distance_nm(line_lat[:-1], line_lon[:-1], line_lat[1:], line_lon[1:])
    return float(distance[best]), float(nm[:best].sum() + part[best] * nm[best])

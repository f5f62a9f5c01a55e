"""Great circles on a sphere, vectorised. Degrees and nautical miles; latitude before longitude.

Source: haversine and the direct solution on a sphere as in Bowditch, The American Practical Navigator, chapter 12.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RADIUS_NM: Final = 6371.0088 / 1.852
"""Mean radius of the Earth (IUGG)."""
DEGREE_NM: Final = RADIUS_NM * float(np.pi) / 180
"""A degree of latitude."""


def distance_nm(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Great-circle distance, float64 of the broadcast shape."""
    phi1, lam1, phi2, lam2 = (np.radians(item) for item in (lat1, lon1, lat2, lon2))
    chord = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin((lam2 - lam1) / 2) ** 2
    return np.asarray(2 * RADIUS_NM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def bearing_deg(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Initial course of the great circle from the first to the second point, [0, 360); 0 where they coincide."""
    phi1, lam1, phi2, lam2 = (np.radians(item) for item in (lat1, lon1, lat2, lon2))
    east = np.sin(lam2 - lam1) * np.cos(phi2)
    north = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(lam2 - lam1)
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    # -1e-20 % 360 is 360.0 in floating point.
    return np.asarray(np.where(bearing >= 360.0, 0.0, bearing))


def destination(lat: ArrayLike, lon: ArrayLike, bearing: ArrayLike, nm: ArrayLike) -> tuple[Floats, Floats]:
    """Latitude and longitude in [-180, 180) after `nm` along the great circle that starts with `bearing` degrees."""
    phi, theta = np.radians(lat), np.radians(bearing)
    arc = np.asarray(nm, np.float64) / RADIUS_NM
    sine = np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.cos(theta)
    turned = np.arctan2(np.sin(theta) * np.sin(arc) * np.cos(phi), np.cos(arc) - np.sin(phi) * sine)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))), wrap_lon(np.asarray(lon) + np.degrees(turned))


def wrap_lon(lon: ArrayLike) -> Floats:
    """The same meridian in [-180, 180)."""
    return angle_diff(lon, 0.0)


def angle_diff(a: ArrayLike, b: ArrayLike) -> Floats:
    """`a - b` in degrees, the short way round, [-180, 180)."""
    turned = (np.asarray(a, np.float64) - np.asarray(b, np.float64) + 180.0) % 360.0
    return np.asarray(np.where(turned >= 360.0, 0.0, turned) - 180.0)

"""Width of lanes: how far from the line vessels sail, so that they do not follow one track."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import angle_diff

Floats = NDArray[np.float64]

TO_STARBOARD_NM: Final = 2.5
TO_PORT_NM: Final = 0.3
"""Opposing traffic has a line a mile to port at sea; closer where there is less room."""
MIN_NM: Final = 0.03
"""Distance to starboard in the narrowest fairway, which opposing traffic shares."""
_MARGIN_NM: Final = 0.4
"""Error of the distance to land: the raster has cells of half a mile."""
_TIGHTEST_NM: Final = 0.6
"""At a bend of this radius or less the lane has no width."""
_SLOPE: Final = 0.06
"""Largest change of the width along the lane, mile per mile: 3.4 degrees."""


def sides(along_nm: Floats, course: Floats, room_nm: Floats) -> tuple[Floats, Floats]:
    """Largest distance to port and to starboard of a leg's points, float64[points] nautical miles each.

    Args:
        along_nm: float64[points], distance along the leg.
        course: float64[points], degrees, of the segment that begins at each point.
        room_nm: float64[points], to the nearest land.

    """
    free = np.maximum(room_nm - _MARGIN_NM, 0.0)
    most = 0.25 * np.maximum(_radius_nm(along_nm, course) - _TIGHTEST_NM, 0.0)
    port = np.minimum(np.minimum(0.25 * free, TO_PORT_NM), most)
    starboard = np.minimum(np.minimum(0.5 * free, TO_STARBOARD_NM), most)
    return _gentle(port, along_nm), np.maximum(_gentle(starboard, along_nm), MIN_NM)


def _radius_nm(along_nm: Floats, course: Floats) -> Floats:
    """Radius of the bend at each point in nautical miles; inf on a straight."""
    step = np.diff(along_nm)
    turned = np.abs(np.radians(angle_diff(course[1:-1], course[:-2])))
    radius = np.full(len(along_nm), np.inf)
    radius[1:-1] = 0.5 * (step[1:] + step[:-1]) / np.maximum(turned, 1e-9)
    return radius


def _gentle(width: Floats, along_nm: Floats) -> Floats:
    """The widest width that exceeds `width` nowhere and changes by at most _SLOPE per mile."""
    slope = _SLOPE * along_nm
    ahead = np.minimum.accumulate(width - slope) + slope
    behind = np.minimum.accumulate((width + slope)[::-1])[::-1] - slope
    return np.asarray(np.minimum(ahead, behind))

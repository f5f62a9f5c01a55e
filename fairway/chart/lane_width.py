"""Width of a lane: how far from its line vessels keep, so that they do not sail in one track."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import angle_diff

Floats = NDArray[np.float64]

TO_STARBOARD_NM: Final = 2.5
TO_PORT_NM: Final = 0.3
"""The way back is a mile to port at sea; less where there is less room."""
LEAST_NM: Final = 0.03
"""Kept to starboard in the narrowest fairway, where the way back has the same line."""
_MARGIN_NM: Final = 0.4
"""The nearest land may be so much nearer than a cell of half a mile says."""
_TIGHTEST_NM: Final = 0.6
"""A bend of this radius is too tight for any width."""
_SLOPE: Final = 0.06
"""How fast the width may change along the lane: 3.4 degrees."""


def sides(along_nm: Floats, course: Floats, room_nm: Floats) -> tuple[Floats, Floats]:
    """How far vessels keep to port and to starboard of a leg's points, float64[points] each.

    Args:
        along_nm: float64[points], distance along the leg.
        course: float64[points], degrees, of the segment that begins at each point.
        room_nm: float64[points], to the nearest land.

    """
    free = np.maximum(room_nm - _MARGIN_NM, 0.0)
    most = 0.25 * np.maximum(_radius_nm(along_nm, course) - _TIGHTEST_NM, 0.0)
    port = np.minimum(np.minimum(0.25 * free, TO_PORT_NM), most)
    starboard = np.minimum(np.minimum(0.5 * free, TO_STARBOARD_NM), most)
    return _gentle(port, along_nm), np.maximum(_gentle(starboard, along_nm), LEAST_NM)


def _radius_nm(along_nm: Floats, course: Floats) -> Floats:
    """Radius of the bend at each point; inf where there is none."""
    step = np.diff(along_nm)
    turned = np.abs(np.radians(angle_diff(course[1:-1], course[:-2])))
    radius = np.full(len(along_nm), np.inf)
    radius[1:-1] = 0.5 * (step[1:] + step[:-1]) / np.maximum(turned, 1e-9)
    return radius


def _gentle(width: Floats, along_nm: Floats) -> Floats:
    """The widest that is nowhere wider than `width` and changes by no more than _SLOPE a mile."""
    slope = _SLOPE * along_nm
    ahead = np.minimum.accumulate(width - slope) + slope
    behind = np.minimum.accumulate((width + slope)[::-1])[::-1] - slope
    return np.asarray(np.minimum(ahead, behind))

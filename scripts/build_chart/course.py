"""From a path to a lane: sampled finely, corners rounded, moved to starboard, thinned again.

Lines are unit vectors, float64[n, 3], a sample every STEP_NM, so that poles and the antimeridian are nothing special.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from fairway.chart.geodesy import RADIUS_NM

Floats = NDArray[np.float64]

STEP_NM = 0.1
TOLERANCE_NM = 0.003
LONGEST_NM = 30.0
WIDTHS_NM = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
_BASE_NM = 0.4
_MOST_PASSES = 400


def vectors(lat: Floats, lon: Floats) -> Floats:
    """Unit vectors of points in degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def degrees(line: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude in [-180, 180] of unit vectors."""
    return np.degrees(np.arcsin(np.clip(line[:, 2], -1, 1))), np.degrees(np.arctan2(line[:, 1], line[:, 0]))


def sampled(lat: Floats, lon: Floats, step_nm: float = STEP_NM) -> Floats:
    """Great circles between points, a sample about every `step_nm`, corners included."""
    corners = vectors(np.asarray(lat), np.asarray(lon))
    pieces = [corners[:1]]
    for a, b in pairwise(corners):
        angle = 2 * np.arcsin(min(float(np.linalg.norm(b - a)) / 2, 1.0))
        count = max(int(np.ceil(angle * RADIUS_NM / step_nm)), 1)
        if angle < 1e-9:
            continue
        part = np.arange(1, count + 1)[:, None] / count
        pieces.append((np.sin((1 - part) * angle) * a + np.sin(part * angle) * b) / np.sin(angle))
    return np.concatenate(pieces)


def evenly(line: Floats, step_nm: float = STEP_NM) -> Floats:
    """The same line with samples at even distances."""
    gone = along(line)
    places = np.linspace(0, gone[-1], max(round(gone[-1] / step_nm), 1) + 1)
    return normal(np.stack([np.interp(places, gone, line[:, axis]) for axis in range(3)], axis=1))


def along(line: Floats) -> Floats:
    """Distance of each sample from the start, nautical miles."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1) * RADIUS_NM
    return np.concatenate([[0.0], np.cumsum(steps)])


def normal(line: Floats) -> Floats:
    """The same vectors with length 1."""
    return np.asarray(line / np.linalg.norm(line, axis=1, keepdims=True))


def rounded(line: Floats, width_nm: Floats) -> Floats:
    """The line with its corners rounded by a Gaussian with a standard deviation of `width_nm` at each sample.

    The ends stay where they are. A corner of 90 degrees gets a radius of 0.9 widths, one of 30 degrees 4.5.
    """
    levels = np.stack([_blurred(line, width / STEP_NM) for width in WIDTHS_NM])
    wanted = np.interp(np.log(width_nm), np.log(WIDTHS_NM), np.arange(len(WIDTHS_NM)))
    lower = np.minimum(wanted.astype(int), len(WIDTHS_NM) - 2)
    part = (wanted - lower)[:, None]
    row = np.arange(len(line))
    return evenly(normal((1 - part) * levels[lower, row] + part * levels[lower + 1, row]))


def relaxed(line: Floats, radius_nm: Floats) -> Floats:
    """The line with every turn that is tighter than `radius_nm`, a value for each sample, drawn wider."""
    whole = np.linspace(0, 1, len(radius_nm))
    for _ in range(_MOST_PASSES):
        wanted = np.interp(np.linspace(0, 1, len(line)), whole, radius_nm)
        tight = _turned(line) * wanted > _BASE_NM
        if not tight.any():
            return line
        near = gaussian_filter1d(maximum_filter1d(tight.astype(float), 13), 3)
        line = evenly(normal(line + near[:, None] * (_blurred(line, 2.0) - line)))
    raise ValueError(f"a turn near {degrees(line[tight][:1])} stays tighter than {wanted[tight].max():.2f} nm")


def _turned(line: Floats) -> Floats:
    """Radians turned over _BASE_NM around each sample."""
    half = round(_BASE_NM / STEP_NM / 2)
    steps = normal(np.diff(line, axis=0))
    lag = 2 * half
    if len(steps) <= lag:
        return np.zeros(len(line))
    cosine = np.clip((steps[lag:] * steps[:-lag]).sum(axis=1), -1, 1)
    turned = np.zeros(len(line))
    turned[half + 1 : half + 1 + len(cosine)] = np.arccos(cosine)
    return turned


def _blurred(line: Floats, sigma: float) -> Floats:
    pad = min(int(4 * sigma) + 1, len(line) - 1)
    before, after = 2 * line[0] - line[pad:0:-1], 2 * line[-1] - line[-2 : -pad - 2 : -1]
    whole = np.concatenate([before, line, after])
    return np.asarray(gaussian_filter1d(whole, sigma, axis=0, mode="nearest")[pad : pad + len(line)])


def to_starboard(line: Floats, offset_nm: Floats) -> Floats:
    """Each sample moved to the right of the line's direction by its `offset_nm`."""
    ahead = np.gradient(line, axis=0)
    right = normal(np.cross(ahead, line))
    return normal(line + right * (offset_nm / RADIUS_NM)[:, None])


def thinned(line: Floats) -> tuple[Floats, Floats]:
    """Corners, latitude and continuous longitude, whose straight connections (in degrees) are within TOLERANCE_NM."""
    lat, lon = degrees(line)
    lon = np.degrees(np.unwrap(np.radians(lon)))
    stride = int(LONGEST_NM / STEP_NM)
    ends = [*range(0, len(line) - 1, stride), len(line) - 1]
    corners = list(ends)
    for begin, end in pairwise(ends):
        corners += _needed(lat[begin : end + 1] * 60, lon[begin : end + 1] * 60, begin)
    order = np.array(sorted(set(corners)))
    return lat[order], lon[order]


def _needed(north: Floats, east: Floats, offset: int) -> list[int]:
    """Samples that Douglas and Peucker keep between the first and the last."""
    east = east * np.cos(np.radians(north.mean() / 60))
    corners, open_parts = [], [(0, len(north) - 1)]
    while open_parts:
        a, b = open_parts.pop()
        if b - a < 2:
            continue
        dn, de = north[b] - north[a], east[b] - east[a]
        aside = np.abs(dn * (east[a : b + 1] - east[a]) - de * (north[a : b + 1] - north[a])) / np.hypot(dn, de)
        worst = a + int(np.argmax(aside))
        if aside[worst - a] > TOLERANCE_NM:
            corners.append(offset + worst)
            open_parts += [(a, worst), (worst, b)]
    return corners

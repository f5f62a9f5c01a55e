"""Errors of equipment and crew, and yaw. The MMSI determines the errors of each vessel.

Source of the figures: the recording that docs/realism.md describes. Two thirds of its cargo ships always report a
rate of turn of 0, one tenth none; two fifths report their course in whole degrees; one tenth of the ships at rest
report "under way", and a few of those under way report "moored".
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.world.fleet import Fleet

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

_NO_COMPASS, _BAD_COMPASS = 0.02, 0.035
"""Shares of the fleet without a heading, and with a large heading error."""
_COMPASS_DEG: Final = 0.55
_BAD_DEG: Final = (8.0, 25.0)
_NO_INDICATOR, _LIVELY = 0.10, 0.40
"""Shares of the fleet without a rate-of-turn indicator, and with one that shows the yaw."""
_DEAD_BAND_DEG_MIN: Final = 3.0
_WHOLE_DEGREES: Final = 0.4
_COURSE_DEG, _COURSE_SPREAD, _COURSE_MAX_DEG = 0.3, 1.1, 4.0
_YAW_DEG_MIN, _YAW_SPREAD, _YAW_MAX_DEG_MIN = 5.5, 0.9, 32.0
"""Maximum rate of yaw of a vessel: median, spread of the logarithm, and upper bound."""
_YAW_S: Final = (14.0, 36.0)
"""Period of yaw of small and of large vessels."""


def yaw(fleet: Fleet, rows: Rows, now: float) -> tuple[Floats, Floats]:
    """Return the yaw of vessels in a seaway, degrees off the mean heading, and its rate, degrees a minute.

    Smaller and faster vessels yaw more; vessels at rest do not. The yaw is at most 2 degrees.
    """
    first, second, third, fourth = _uniform(fleet.mmsi[rows], 1)
    large = np.clip((fleet.length_m[rows] - 90.0) / 310.0, 0.0, 1.0)
    fastest = np.minimum(_YAW_DEG_MIN * np.exp(_YAW_SPREAD * _normal(first)), _YAW_MAX_DEG_MIN)
    fastest *= (1.3 - 0.6 * large) * np.clip((fleet.sog[rows] - 1.0) / 9.0, 0.0, 1.0)
    turns_a_s = 2 * np.pi / ((_YAW_S[0] + (_YAW_S[1] - _YAW_S[0]) * large) * (0.8 + 0.4 * second))
    # two swells with different periods: the yaw does not repeat
    one, other = turns_a_s * now + 2 * np.pi * third, 0.618 * turns_a_s * now + 2 * np.pi * fourth
    degrees = fastest / 60 * (0.6 * np.sin(one) + 0.4 / 0.618 * np.sin(other)) / turns_a_s
    return np.asarray(degrees), np.asarray(fastest * (0.6 * np.cos(one) + 0.4 * np.cos(other)))


def misread(fleet: Fleet, rows: Rows, now: float, seen: Any, rng: np.random.Generator) -> None:
    """Add equipment errors to readings, a `sim.reports.sensors.Seen`; NaN if a vessel lacks the sensor."""
    compass, bad, course, indicator = _uniform(fleet.mmsi[rows], 2)
    sog = fleet.sog[rows]
    under_way = sog > 0.5
    spread = np.minimum(_COURSE_DEG * np.exp(_COURSE_SPREAD * _normal(course)), _COURSE_MAX_DEG)
    spread *= np.clip(10.0 / np.maximum(sog, 0.1), 0.8, 3.0) * under_way
    seen.cog[:] = (seen.cog + spread * rng.normal(0.0, 1.0, len(rows))) % 360
    whole = course * 7 % 1.0 < _WHOLE_DEGREES
    seen.cog[whole] = np.rint(seen.cog[whole])
    off = _COMPASS_DEG * np.log((bad + 1e-4) / (1 - bad + 1e-4))
    far = _BAD_DEG[0] + (_BAD_DEG[1] - _BAD_DEG[0]) * (compass / _BAD_COMPASS)
    seen.heading[:] += np.where(compass < _BAD_COMPASS, np.where(bad < 0.5, far, -far), off)
    seen.heading[compass > 1 - _NO_COMPASS] = np.nan
    _, rate = yaw(fleet, rows, now)
    steady = np.where(np.abs(seen.rot) < _DEAD_BAND_DEG_MIN, 0.0, seen.rot)
    seen.rot[:] = np.where(indicator < _LIVELY, seen.rot + rate, steady)
    seen.rot[:] = np.where(indicator > 1 - _NO_INDICATOR, np.nan, np.rint(seen.rot))


class Statuses:
    """The navigational status set by each crew: some crews forget a change and correct it later."""

    FORGETS_TO_SAIL, FORGETS_TO_LIE = 0.012, 0.10
    """Probability at a departure and at an arrival, and at the start of the simulation."""
    CORRECTION_S = 4 * 3600.0
    """Mean time until a crew corrects the status."""

    def __init__(self) -> None:
        self.said, self._true = np.zeros(0, np.uint8), np.zeros(0, np.uint8)

    def grow(self, status: NDArray[np.uint8], rng: np.random.Generator) -> None:
        """Add vessels with this true status; some report a wrong one from the start."""
        forgot = rng.random(len(status)) < self._chance(status)
        before = np.where(status == 0, 5, 0).astype(np.uint8)
        self.said = np.append(self.said, np.where(forgot, before, status))
        self._true = np.append(self._true, status)

    def keep(self, rows: Rows) -> None:
        """Drop all vessels except `rows`."""
        self.said, self._true = self.said[rows], self._true[rows]

    def follow(self, status: NDArray[np.uint8], elapsed_s: float, rng: np.random.Generator) -> None:
        """Update from the true statuses, `elapsed_s` after the last call."""
        changed = np.flatnonzero(status != self._true)
        updates = rng.random(len(changed)) >= self._chance(status[changed])
        self.said[changed[updates]] = status[changed[updates]]
        self._true[changed] = status[changed]
        wrong = np.flatnonzero(self.said != status)
        corrects = rng.random(len(wrong)) < -np.expm1(-elapsed_s / self.CORRECTION_S)
        self.said[wrong[corrects]] = status[wrong[corrects]]

    def _chance(self, status: NDArray[np.uint8]) -> Floats:
        return np.where(status == 0, self.FORGETS_TO_SAIL, self.FORGETS_TO_LIE)


def _uniform(mmsi: NDArray[np.uint32], salt: int) -> Floats:
    """Return four numbers in [0, 1) for each vessel, float64[4, n]: a hash of its MMSI (splitmix64)."""
    mixed = mmsi.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed.view(np.uint16).reshape(-1, 4).T / 65536.0)


def _normal(uniform: Floats) -> Floats:
    """Return nearly normal numbers from uniform ones: scaled quantiles of the logistic distribution."""
    return np.asarray(np.log((uniform + 1e-4) / (1 - uniform + 1e-4)) / 1.702)

"""Sensor readings of a vessel's motion: noise of the receiver, swing at anchor, yaw.

Source of the figures: position errors of a GNSS receiver as an AR(1) process of 3 to 5 m; a vessel at anchor swings
on an arc of 150 to 350 m with the tide and yaws in the wind; moored, speed is 0 and the course is noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import wrap_lon
from sim.reports.crew_errors import yaw
from sim.world.fleet import AT_ANCHOR, MOORED, Fleet

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

_DEGREE_M: Final = 60 * 1852.0
_ERROR_TIME_S: Final = 120.0
"""Time constant of the position error."""
_SPEED_ERROR_KN: Final = 0.06
_TIDE_S: Final = 44_712.0
_TIDE_DEG: Final = 70.0
_ANCHOR_YAW_S: Final = 700.0
_ANCHOR_YAW_DEG: Final = 6.0
_SETTLES_S: Final = 1200.0
"""Time in which a vessel settles at its anchor, and returns to it."""
_MS_PER_KN: Final = 1852 / 3600


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Readings of n vessels, float64[n] each: degrees, knots, degrees a minute; NaN: no heading, no rate of turn."""

    lat: Floats
    lon: Floats
    sog: Floats
    cog: Floats
    heading: Floats
    rot: Floats


class Sensors:
    """The sensors of a fleet, with each vessel's position error and its offset from the anchor."""

    def __init__(self) -> None:
        self._read_at = np.zeros(0)
        self._east_m = self._north_m = self._sigma_m = self._swing_part = np.zeros(0)

    def keep(self, rows: Rows) -> None:
        """Drop all vessels except `rows` (ascending), which become rows 0, 1, 2..."""
        rows = rows[: np.searchsorted(rows, len(self._read_at))]
        for name in ("_read_at", "_east_m", "_north_m", "_sigma_m", "_swing_part"):
            setattr(self, name, getattr(self, name)[rows])

    def read(self, fleet: Fleet, rows: Rows, now: float, rng: np.random.Generator) -> Seen:
        """Return the sensor readings of `rows` at `now` (Unix seconds)."""
        self._grow(fleet, rng)
        elapsed = np.minimum(now - self._read_at[rows], 1e6)
        self._read_at[rows] = now
        east, north = self._position_error(rows, elapsed, rng)
        status, sog = fleet.nav_status[rows], fleet.sog[rows]
        heading = fleet.heading[rows] + yaw(fleet, rows, now)[0]
        cog = fleet.cog[rows] + np.degrees(_SPEED_ERROR_KN / np.maximum(sog, 0.2)) * rng.normal(0.0, 1.0, len(rows))
        cog = np.where(status == MOORED, rng.uniform(0.0, 360.0, len(rows)), cog)
        sog = np.where(sog > 0.5, sog + _SPEED_ERROR_KN * rng.normal(0.0, 1.0, len(rows)), sog)
        lat = fleet.lat[rows]
        lon = fleet.lon[rows] + east / (_DEGREE_M * np.cos(np.radians(lat)))
        seen = Seen(lat + north / _DEGREE_M, wrap_lon(lon), np.maximum(sog, 0.0), cog % 360, heading, fleet.rot[rows])
        lying = self._at_anchor(rows, status == AT_ANCHOR, elapsed)
        if len(lying):
            self._swing(seen, lying, fleet, rows[lying], now)
        return seen

    def _grow(self, fleet: Fleet, rng: np.random.Generator) -> None:
        more = len(fleet) - len(self._read_at)
        if more <= 0:
            return
        self._sigma_m = np.append(self._sigma_m, rng.uniform(3.0, 5.0, more) / np.sqrt(2))
        self._read_at = np.append(self._read_at, np.full(more, -np.inf))
        self._east_m = np.append(self._east_m, np.zeros(more))
        self._north_m = np.append(self._north_m, np.zeros(more))
        self._swing_part = np.append(self._swing_part, np.where(fleet.nav_status[-more:] == AT_ANCHOR, 1.0, 0.0))

    def _position_error(self, rows: Rows, elapsed: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return the next position errors to east and north, metres."""
        persistence = np.exp(-elapsed / _ERROR_TIME_S)
        fresh = self._sigma_m[rows] * np.sqrt(1 - persistence**2)
        for error in (self._east_m, self._north_m):
            error[rows] = persistence * error[rows] + fresh * rng.normal(0.0, 1.0, len(rows))
        return self._east_m[rows], self._north_m[rows]

    def _at_anchor(self, rows: Rows, anchored: NDArray[np.bool_], elapsed: Floats) -> NDArray[np.intp]:
        """Update the offset from the anchor, 0 to 1; return the indices into `rows` of vessels with an offset."""
        change = elapsed / _SETTLES_S
        self._swing_part[rows] = np.clip(self._swing_part[rows] + np.where(anchored, change, -change), 0.0, 1.0)
        return np.flatnonzero(self._swing_part[rows] > 0)

    def _swing(self, seen: Seen, places: NDArray[np.intp], fleet: Fleet, rows: Rows, now: float) -> None:
        """Move the readings at `places` off their anchors; set heading, speed and course of vessels at anchor."""
        part = self._swing_part[rows]
        radius_m = (150.0 + 200.0 * np.clip((fleet.length_m[rows] - 90.0) / 310.0, 0, 1)) * part
        phase = fleet.mmsi[rows] * 0.6180339887498949 % 1.0
        tide, sheer = 2 * np.pi * (now / _TIDE_S + phase), 2 * np.pi * (now / _ANCHOR_YAW_S + 7 * phase)
        bow = fleet.heading[rows] + part * (_TIDE_DEG * np.sin(tide) + _ANCHOR_YAW_DEG * np.sin(sheer))
        turns = _TIDE_DEG / _TIDE_S * np.cos(tide) + _ANCHOR_YAW_DEG / _ANCHOR_YAW_S * np.cos(sheer)
        turns *= 2 * np.pi * part
        # The bow points to the anchor: the vessel lies astern of it and moves across its heading.
        astern = np.radians(bow + 180.0)
        seen.lat[places] += radius_m * np.cos(astern) / _DEGREE_M
        seen.lon[places] += radius_m * np.sin(astern) / (_DEGREE_M * np.cos(np.radians(fleet.lat[rows])))
        still = fleet.nav_status[rows] == AT_ANCHOR
        at = places[still]
        seen.sog[at] = (radius_m * np.radians(np.abs(turns)) / _MS_PER_KN)[still]
        seen.cog[at] = ((bow + np.where(turns > 0, -90.0, 90.0)) % 360)[still]
        seen.heading[at], seen.rot[at] = (bow % 360)[still], (turns * 60)[still]

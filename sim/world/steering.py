"""Steering: the smooth line of each vessel beside its lane, one segment at a time.

A segment is a cubic between two points. Its ends have the courses of the vessel's line, which keeps the course
continuous. Motion along it is exact for steps of any length.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import DEGREE_NM
from fairway.chart.lanes import Lanes
from sim.world.fleet import Fleet

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Places = tuple[Floats, Floats]

_STEEPEST: Final = 60.0
"""Maximum angle between a segment and its chord, degrees; a sharper bend has a step in its course."""
_SHIFT: Final = 0.12
_GENTLE_NM: Final = 3.0
"""Maximum sideways move as a share of the distance; smaller where points are closer together than _GENTLE_NM."""
JOIN_NM: Final = 0.3
"""Minimum distance over which a vessel joins its lane from a berth or anchorage, or leaves it for one."""


class Steering:
    """Writes the `path_` columns of `fleet`."""

    def __init__(self, fleet: Fleet, lanes: Lanes) -> None:
        self._fleet, self._lanes = fleet, lanes

    def follow(self, rows: Rows) -> None:
        """Move vessels that passed the end of their segment to the next one, and carry the overrun distance over."""
        fleet = self._fleet
        while len(rows):
            end_nm = fleet.path_to_nm[rows]
            over_nm = (fleet.along_nm[rows] - end_nm) * fleet.path_pace[rows]
            fleet.along_nm[rows] = end_nm
            self.lead(rows)
            along = fleet.path_from_nm[rows] + over_nm / fleet.path_pace[rows]
            fleet.along_nm[rows] = np.minimum(along, fleet.stop_nm[rows])
            rows = rows[fleet.along_nm[rows] > fleet.path_to_nm[rows]]

    def lead(self, rows: Rows) -> None:
        """Set the segment of each vessel's line at `along_nm`; the last segment ends at the stop."""
        fleet = self._fleet
        at, lat, lon, tangent = self._around(rows, fleet.along_nm[rows])
        start, course_in = (lat[1], lon[1]), tangent[0]
        if self._shift(rows, at):
            at, lat, lon, tangent = self._around(rows, fleet.along_nm[rows])
        self._bend(rows, start, course_in, self._lanes.along_nm[at], at, (lat[2], lon[2]), tangent[1])

    def _shift(self, rows: Rows, at: NDArray[np.int32]) -> bool:
        """Move vessels gently towards `lane_position_wanted`; return whether any vessel moved."""
        fleet, lanes = self._fleet, self._lanes
        moves = fleet.lane_position_wanted[rows] - fleet.lane_position[rows]
        if not moves.any():
            return False
        length = lanes.along_nm[at + 1] - lanes.along_nm[at]
        width = lanes.to_port_nm[at + 1] + lanes.to_starboard_nm[at + 1]
        limit = _SHIFT * length * np.minimum(length / _GENTLE_NM, 1.0) / width
        fleet.lane_position[rows] += np.clip(moves, -limit, limit)
        near = np.abs(moves) <= limit
        fleet.lane_position[rows[near]] = fleet.lane_position_wanted[rows[near]]
        return True

    def join(self, rows: Rows) -> None:
        """Set a segment from each vessel's position to its line a little ahead, or straight to its stop."""
        fleet = self._fleet
        at, lat, lon, tangent = self._around(rows, fleet.along_nm[rows] + JOIN_NM)
        here, straight = (fleet.lat[rows], fleet.lon[rows]), np.full(len(rows), np.nan)
        self._bend(rows, here, straight, fleet.along_nm[rows], at, (lat[2], lon[2]), tangent[1])

    def hold(self, rows: Rows, lat: Floats, lon: Floats, heading: Floats) -> None:
        """Hold vessels at a position with a heading."""
        fleet = self._fleet
        fleet.lat[rows], fleet.lon[rows], fleet.heading[rows], fleet.path_course[rows] = lat, lon, heading, heading
        fleet.path_lat[rows], fleet.path_lon[rows] = lat, lon
        for name in ("path_north", "path_east", "path_side_north", "path_side_east", "path_slope_in", "path_slope_out"):
            getattr(fleet, name)[rows] = 0.0
        fleet.path_from_nm[rows], fleet.path_to_nm[rows] = fleet.along_nm[rows], np.inf
        fleet.path_per_nm[rows], fleet.path_pace[rows] = 0.0, 1.0

    def _around(self, rows: Rows, along_nm: Floats) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
        """Return the lane point before `along_nm`, and positions and courses of each vessel's line around it.

        Latitude and longitude of four points from the one before the lane point on, float64[4, k] each; courses at
        the second and third, float64[2, k], of the circles through their neighbours.
        """
        fleet, lanes = self._fleet, self._lanes
        leg = fleet.leg[rows]
        at = lanes.segment(leg, along_nm, fleet.lane_point[rows])
        fleet.lane_point[rows] = at
        first = lanes.first[leg]
        points = np.minimum(np.maximum(at + _AROUND, first), first + lanes.count[leg] - 1)
        port = lanes.to_port_nm[points]
        nm = fleet.lane_position[rows] * (port + lanes.to_starboard_nm[points]) - port
        north, east = lanes.starboard(points)
        lat, lon = lanes.lat[points] + nm * north, lanes.lon[points] + nm * east
        length, course = _chord(lat[:-1], lon[:-1], lat[1:], lon[1:])
        part = length[:-1] / np.maximum(length[:-1] + length[1:], 1e-12)
        tangent = course[:-1] + part * _turned(course[1:] - course[:-1])
        # At a leg's ends there is no neighbour: use the course of the chord.
        tangent = np.where(length[:-1] == 0, course[1:], np.where(length[1:] == 0, course[:-1], tangent))
        return at, lat, lon, tangent

    def _bend(
        self,
        rows: Rows,
        start: Places,
        course_in: Floats,
        from_nm: Floats,
        at: NDArray[np.int32],
        end: Places,
        course_out: Floats,
    ) -> None:
        """Set the segment from `start` to `end`, the point after `at`, or to the stop if that is nearer.

        A course of NaN means the course of the chord.
        """
        fleet, reach, stop = self._fleet, self._lanes.along_nm[at + 1], self._fleet.stop_nm[rows]
        last = reach > stop - JOIN_NM
        to_nm, lat = np.where(last, stop, reach), np.where(last, fleet.stop_lat[rows], end[0])
        lon, course_out = np.where(last, fleet.stop_lon[rows], end[1]), np.where(last, np.nan, course_out)
        length, chord = _chord(*start, lat, lon)
        bend_in, bend_out = (_turned(course - chord) for course in (course_in, course_out))
        bends = (np.clip(np.where(np.isnan(bend), 0.0, bend), -_STEEPEST, _STEEPEST) for bend in (bend_in, bend_out))
        slope_in, slope_out = (np.tan(np.radians(bend)) for bend in bends)
        side = length / DEGREE_NM
        east = _turned(lon - start[1])
        lane_nm = np.maximum(to_nm - from_nm, 1e-9)
        # A cubic is longer than its chord by this, to the second order of its slopes.
        longer = 1 + (2 * slope_in**2 - slope_in * slope_out + 2 * slope_out**2) / 30
        across = np.radians(chord)
        columns = {
            "path_from_nm": from_nm, "path_to_nm": to_nm, "path_per_nm": 1 / lane_nm,
            "path_pace": np.maximum(length * longer / lane_nm, 1e-3),
            "path_lat": start[0], "path_lon": start[1], "path_north": lat - start[0], "path_east": east,
            "path_side_north": -side * np.sin(across),
            "path_side_east": side * np.cos(across) / np.cos(np.radians(lat)),
            "path_course": chord, "path_slope_in": slope_in, "path_slope_out": slope_out,
        }  # fmt: skip
        for name, column in columns.items():
            getattr(fleet, name)[rows] = column


_AROUND: Final = np.arange(-1, 3, dtype=np.int32)[:, None]


def _chord(lat: Floats, lon: Floats, end_lat: Floats, end_lon: Floats) -> tuple[Floats, Floats]:
    """Return length in nautical miles and course of short lines, straight in latitude and longitude."""
    north = end_lat - lat
    east = _turned(end_lon - lon) * np.cos((lat + end_lat) * (np.pi / 360))
    return np.hypot(north, east) * DEGREE_NM, np.degrees(np.arctan2(east, north)) % 360.0


def _turned(degrees: Floats) -> Floats:
    """Return the same angle within -180 to 180 degrees."""
    return np.asarray(degrees - np.rint(degrees * (1 / 360)) * 360.0)

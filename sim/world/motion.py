"""Motion: vectorised steps of speed, position and heading.

Source of the limits: a ship turns at most at V/(2.5 L); 0 to 14 knots takes 25 to 60 minutes by size.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.world.fleet import Fleet

Floats = NDArray[np.float64]

MAX_BRAKING: Final = 1.5
"""Limit of braking, as a multiple of the acceleration, when a mark appears too close."""
SET_SETTLES_S: Final = 300.0
"""Time constant in which a vessel adopts a new drift angle."""


def turn_limit_deg_min(length_m: ArrayLike) -> Floats:
    """Return the maximum rate of turn of a ship of this length per knot of speed, degrees a minute: V/(2.5 L)."""
    return np.asarray(np.degrees(1852 / 60 / (2.5 * np.asarray(length_m, np.float64))))


def advance(fleet: Fleet, rows: slice, dt: float) -> None:
    """Advance speed and distance along the leg by `dt` seconds; the distance is the mean of both speeds times `dt`.

    A vessel approaches `target_kn` within its acceleration, and brakes evenly to pass `mark_nm` with `mark_kn`.
    Where `mark_kn` is 0 it stops exactly there.
    """
    sog, along, mark_kn = fleet.sog[rows], fleet.along_nm[rows], fleet.mark_kn[rows]
    pace, mark_nm = fleet.path_pace[rows], fleet.mark_nm[rows]
    hours = dt / 3600
    acceleration = fleet.acceleration_kn_h[rows]
    limit = acceleration * hours
    gap = np.maximum((mark_nm - along) * pace, 1e-9)
    excess = sog * sog - mark_kn * mark_kn
    # Braking starts one step early: a mark falls between two steps.
    braking = excess > np.maximum((gap - sog * hours) * (2 * acceleration), 1e-9)
    change = np.minimum(np.maximum(fleet.target_kn[rows] - sog, -limit), limit)
    brake = np.maximum(excess / gap * (-0.5 * hours), -MAX_BRAKING * limit)
    new_sog = np.maximum(sog + np.where(braking, brake, change), 0.0)
    new_along = along + (sog + new_sog) * (0.5 * hours) / pace
    fleet.along_nm[rows] = np.where(mark_kn > 0, new_along, np.minimum(new_along, mark_nm))
    fleet.sog[rows] = new_sog


def place(fleet: Fleet, rows: slice) -> Floats:
    """Set positions from the distance along the leg; return the courses, float64[n], degrees in [0, 360)."""
    part = (fleet.along_nm[rows] - fleet.path_from_nm[rows]) * fleet.path_per_nm[rows]
    rest = 1.0 - part
    slope_in, slope_out = fleet.path_slope_in[rows], fleet.path_slope_out[rows]
    bulge = part * rest * (slope_in * rest - slope_out * part)
    fleet.lat[rows] = fleet.path_lat[rows] + part * fleet.path_north[rows] + bulge * fleet.path_side_north[rows]
    lon = fleet.path_lon[rows] + part * fleet.path_east[rows] + bulge * fleet.path_side_east[rows]
    lon -= np.floor((lon + 180.0) * (1 / 360)) * 360.0
    fleet.lon[rows] = lon
    slope = slope_in * rest * (1.0 - 3.0 * part) + slope_out * part * (3.0 * part - 2.0)
    course = fleet.path_course[rows] + np.degrees(np.arctan(slope))
    course -= np.floor(course * (1 / 360)) * 360.0
    return np.asarray(course)


def steer(fleet: Fleet, rows: slice, course: Floats, dt: float) -> None:
    """Advance heading, rate of turn and course over ground by `dt` seconds.

    A vessel under way heads for its course plus its drift angle; at rest it keeps its heading.

    Args:
        fleet: the vessels to change.
        rows: the rows to change.
        course: float64[n], degrees, of the vessels' lines at their positions.
        dt: seconds.

    """
    minutes = dt / 60
    sog, heading = fleet.sog[rows], fleet.heading[rows]
    allowed = fleet.set_deg[rows]
    allowed += (fleet.set_wanted_deg[rows] - allowed) * -np.expm1(-dt / SET_SETTLES_S)
    apart = course + allowed - heading
    apart -= np.rint(apart * (1 / 360)) * 360
    limit = np.maximum(fleet.turn_deg_min_kn[rows] * sog, fleet.pivot_deg_min[rows]) * minutes
    change = np.minimum(np.maximum(apart, -limit), limit)
    turned = heading + change
    turned -= np.floor(turned * (1 / 360)) * 360
    # A value just below 0 rounds to 360.
    turned[turned >= 360.0] = 0.0
    fleet.heading[rows] = turned
    fleet.rot[rows] = change * (1 / minutes)
    fleet.cog[rows] = np.where(sog > 0, course, turned)

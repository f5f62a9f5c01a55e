"""Motion: pure, vectorised steps of speed along a leg and of heading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.passage import ACCELERATION_KN_H

Floats = NDArray[np.float64]

MAX_BRAKING: float = 1.5
"""How far braking may exceed ACCELERATION_KN_H when a mark came too near."""


def advance(
    sog: Floats, along_nm: Floats, target_kn: Floats, mark_nm: Floats, mark_kn: Floats, dt: float
) -> tuple[Floats, Floats]:
    """Speed and distance along the leg after `dt` seconds; the distance is the mean of both speeds times `dt`.

    A vessel steers for `target_kn` within the acceleration limit, and brakes evenly so as to pass `mark_nm` with
    `mark_kn`. Where `mark_kn` is 0 it stops exactly there.

    Args:
        sog: float64[n], knots.
        along_nm: float64[n].
        target_kn: float64[n], knots wanted where the vessel is.
        mark_nm: float64[n], ahead of `along_nm`; inf for a vessel at rest.
        mark_kn: float64[n], at most `target_kn`.
        dt: seconds.

    """
    hours = dt / 3600
    most = ACCELERATION_KN_H * hours
    gap = np.maximum(mark_nm - along_nm, 1e-9)
    excess = sog * sog - mark_kn * mark_kn
    # Braking begins a step early: a mark falls between two steps.
    braking = excess > np.maximum((gap - sog * hours) * (2 * ACCELERATION_KN_H), 1e-9)
    change = np.minimum(np.maximum(target_kn - sog, -most), most)
    brake = np.maximum(excess / gap * (-0.5 * hours), -MAX_BRAKING * most)
    new_sog = np.maximum(sog + np.where(braking, brake, change), 0.0)
    new_along = along_nm + (sog + new_sog) * (0.5 * hours)
    return new_sog, np.where(mark_kn > 0, new_along, np.minimum(new_along, mark_nm))


def turn(heading: Floats, course: Floats, limit_deg_min: Floats, dt: float) -> tuple[Floats, Floats]:
    """Heading after `dt` seconds of turning towards `course`, and the rate of turn in degrees a minute.

    Args:
        heading: float64[n], degrees in [0, 360).
        course: float64[n], degrees in [0, 360).
        limit_deg_min: float64[n], the fastest turn.
        dt: seconds.

    """
    minutes = dt / 60
    apart = course - heading
    apart -= np.rint(apart * (1 / 360)) * 360
    most = limit_deg_min * minutes
    change = np.minimum(np.maximum(apart, -most), most)
    turned = heading + change
    turned -= np.floor(turned * (1 / 360)) * 360
    return turned, change * (1 / minutes)

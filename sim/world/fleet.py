"""Fleet: the columns of all simulated vessels, with one row index.

The columns fall into four groups by subject. Every array has n elements and every list n texts, one of each vessel;
a row number means one vessel in all of them. Only `sim.world.composition` and `IndependentVessels` make or drop rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

UNDER_WAY, AT_ANCHOR, MOORED = 0, 1, 5
"""Navigational status of ITU-R M.1371."""
SAILING, IN_ROADS, ANCHORED, ALONGSIDE, READY, TURNING = range(6)
"""Phases. IN_ROADS: the vessel waits for a canal. READY: cargo is done, it sails soon. TURNING: it casts off."""
NAV_STATUS: Final = np.array([UNDER_WAY, AT_ANCHOR, AT_ANCHOR, MOORED, MOORED, UNDER_WAY], np.uint8)
"""Navigational status by phase."""


@dataclass(eq=False)
class IdentityColumns:
    """Who each vessel is: identity, type and dimensions. They never change.

    column           dtype    unit      meaning
    mmsi             uint32   -         0: the row is retired
    imo              uint32   -         IMO number; 0: none
    name             str      -         at most 20 characters
    callsign         str      -         at most 7 characters
    flag             str      -         ISO 3166-1 alpha-2; empty: unknown
    vessel_type      uint8    -         index in VESSEL_TYPES
    ship_type        uint8    -         ship type code of ITU-R M.1371
    size_class       int16    -         index in SIZE_CLASSES
    length_m         uint16   m         length over all
    beam_m           uint16   m
    a                uint16   m         antenna to bow
    b                uint16   m         antenna to stern
    c                uint16   m         antenna to port side
    d                uint16   m         antenna to starboard side
    usual_kn         float64  kn        the vessel's own mean speed at sea, half laden
    limit_share      float64  -         share of the speed limits near ports that the vessel makes
    turn_deg_min_kn  float64  °/min/kn  fastest turn at one knot
    """

    mmsi: NDArray[np.uint32]
    imo: NDArray[np.uint32]
    name: list[str]
    callsign: list[str]
    flag: list[str]
    vessel_type: NDArray[np.uint8]
    ship_type: NDArray[np.uint8]
    size_class: NDArray[np.int16]
    length_m: NDArray[np.uint16]
    beam_m: NDArray[np.uint16]
    a: NDArray[np.uint16]
    b: NDArray[np.uint16]
    c: NDArray[np.uint16]
    d: NDArray[np.uint16]
    usual_kn: NDArray[np.float64]
    limit_share: NDArray[np.float64]
    turn_deg_min_kn: NDArray[np.float64]


@dataclass(eq=False)
class MotionColumns:
    """Where each vessel is and how it moves. `sim.world.motion` rewrites them at every step.

    column                dtype    unit    meaning
    lat                   float64  °       position of the antenna
    lon                   float64  °       in [-180, 180)
    sog                   float64  kn      speed over ground
    cog                   float64  °       course over ground, in [0, 360)
    heading               float64  °       true heading, in [0, 360)
    rot                   float64  °/min   rate of turn, positive to starboard
    along_nm              float64  nm      distance along the leg
    target_kn             float64  kn      speed that the vessel accelerates to
    mark_nm               float64  nm      distance along the leg where the limit changes or the vessel stops; inf: none
    mark_kn               float64  kn      speed at that mark; 0: stop
    acceleration_kn_h     float64  kn/h    largest acceleration
    pivot_deg_min         float64  °/min   fastest turn without speed, with tugs; 0 at rest
    weather_kn            float64  kn      effect of wind and current on the speed
    set_deg               float64  °       heading less course, by wind and current
    set_wanted_deg        float64  °       the angle that `set_deg` approaches
    lane_position         float64  0..1    place across the lane, from its port to its starboard edge
    lane_position_wanted  float64  0..1    the place that `lane_position` approaches
    give_way_kn           float64  kn      speed limit while the vessel gives way; inf: none
    give_way_until        float64  Unix s  end of that limit
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    sog: NDArray[np.float64]
    cog: NDArray[np.float64]
    heading: NDArray[np.float64]
    rot: NDArray[np.float64]
    along_nm: NDArray[np.float64]
    target_kn: NDArray[np.float64]
    mark_nm: NDArray[np.float64]
    mark_kn: NDArray[np.float64]
    acceleration_kn_h: NDArray[np.float64]
    pivot_deg_min: NDArray[np.float64]
    weather_kn: NDArray[np.float64]
    set_deg: NDArray[np.float64]
    set_wanted_deg: NDArray[np.float64]
    lane_position: NDArray[np.float64]
    lane_position_wanted: NDArray[np.float64]
    give_way_kn: NDArray[np.float64]
    give_way_until: NDArray[np.float64]


@dataclass(eq=False)
class VoyageColumns:
    """What each vessel does: its phase, leg, next stop, and the voyage data it reports.

    column          dtype    unit    meaning
    phase           uint8    -       SAILING to TURNING
    nav_status      uint8    -       0 under way, 1 at anchor, 5 moored; others in scenarios
    route           int16    -       index in Lanes.routes, or a custom route's number; -1: none
    route_place     int32    -       index of the leg in the cycle of the route; 0 without a route
    leg             int32    -       index of the leg; of a moored vessel, the next one
    lane_point      int32    -       index of the lane's point before the vessel
    stop_nm         float64  nm      distance along the leg of the next stop; inf at rest
    stop_lat        float64  °       place of the next stop
    stop_lon        float64  °
    stop_phase      uint8    -       phase at the next stop
    berth_port      int16    -       port of the berth that the vessel has or is bound for; -1: none
    berth           int16    -       number of that berth; -1: none
    rest_until      float64  Unix s  end of the rest; inf while the vessel sails
    cruise_kn       float64  kn      speed at sea on this leg
    draught         float64  m
    destination     str      -       as reported; empty: none
    eta             float64  Unix s  as reported; NaN: none
    voyage_version  uint32   -       rises with every change of destination, ETA or draught
    """

    phase: NDArray[np.uint8]
    nav_status: NDArray[np.uint8]
    route: NDArray[np.int16]
    route_place: NDArray[np.int32]
    leg: NDArray[np.int32]
    lane_point: NDArray[np.int32]
    stop_nm: NDArray[np.float64]
    stop_lat: NDArray[np.float64]
    stop_lon: NDArray[np.float64]
    stop_phase: NDArray[np.uint8]
    berth_port: NDArray[np.int16]
    berth: NDArray[np.int16]
    rest_until: NDArray[np.float64]
    cruise_kn: NDArray[np.float64]
    draught: NDArray[np.float64]
    destination: list[str]
    eta: NDArray[np.float64]
    voyage_version: NDArray[np.uint32]


@dataclass(eq=False)
class PathColumns:
    """The segment of its line that each vessel sails, a cubic curve over a chord. `sim.world.steering` writes them.

    column           dtype    unit  meaning
    path_lat         float64  °     start of the chord
    path_lon         float64  °
    path_north       float64  °     chord from start to end, in degrees of latitude
    path_east        float64  °     and of longitude
    path_side_north  float64  °     one chord's length to starboard, in degrees of latitude
    path_side_east   float64  °     and of longitude
    path_course      float64  °     course of the chord
    path_slope_in    float64  -     slope of the curve against the chord at its start
    path_slope_out   float64  -     and at its end
    path_from_nm     float64  nm    distance along the leg of the start
    path_to_nm       float64  nm    and of the end; inf at rest
    path_per_nm      float64  1/nm  share of the segment in one nautical mile along the leg
    path_pace        float64  -     nautical miles sailed in one nautical mile along the leg
    """

    path_lat: NDArray[np.float64]
    path_lon: NDArray[np.float64]
    path_north: NDArray[np.float64]
    path_east: NDArray[np.float64]
    path_side_north: NDArray[np.float64]
    path_side_east: NDArray[np.float64]
    path_course: NDArray[np.float64]
    path_slope_in: NDArray[np.float64]
    path_slope_out: NDArray[np.float64]
    path_from_nm: NDArray[np.float64]
    path_to_nm: NDArray[np.float64]
    path_per_nm: NDArray[np.float64]
    path_pace: NDArray[np.float64]


@dataclass(eq=False)
class Fleet(PathColumns, VoyageColumns, MotionColumns, IdentityColumns):
    """The columns of n vessels, one row each. Access is flat: `fleet.lat[rows]`."""

    def __len__(self) -> int:
        return len(self.mmsi)

    @classmethod
    def empty(cls) -> Fleet:
        """Return a Fleet of no vessels."""
        columns: dict[str, Any] = {name: [] if kind is None else np.zeros(0, kind) for name, kind in COLUMNS.items()}
        return cls(**columns)


def _dtype(hint: Any) -> Any:
    arguments = get_args(hint)
    return get_args(arguments[1])[0] if len(arguments) == 2 else None


COLUMNS: Final[dict[str, Any]] = {name: _dtype(hint) for name, hint in get_type_hints(Fleet).items()}
"""Name of each column -> its numpy type, or None for a list of texts."""

"""Custom routes: waypoints that users choose, joined by paths over water."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from fairway.chart import routing
from sim.custom.errors import CustomError
from sim.custom.paths import Waypoint, path_between, port_index
from sim.world.vessel_types import VESSEL_TYPES

MAX_WAYPOINTS: Final = 50
PORT_RANGE_NM: Final = 5.0
"""A place within this distance of a port counts as that port."""


@dataclass(frozen=True, slots=True, eq=False)
class CustomRoute:
    """A route that a user has drawn. Vessels sail it out and back and lie at its port calls.

    Attributes:
        name: as given.
        waypoints: as given, 2 to MAX_WAYPOINTS.
        stops: the water at each waypoint.
        legs: the path from each stop to the next.
        calls: for each stop, whether vessels lie there: at both ends, and at every stop near a port.
        vessel_types: the types that may sail it, values of VESSEL_TYPES; empty: every type.
        number: the value of the Fleet's column `route` for vessels on this route; -1 until the simulation numbers it.

    """

    name: str
    waypoints: tuple[Waypoint, ...]
    stops: tuple[routing.Stop, ...]
    legs: tuple[routing.Path, ...]
    calls: tuple[bool, ...]
    vessel_types: tuple[str, ...]
    number: int = -1


def make_route(
    name: str, waypoints: Sequence[Waypoint], vessel_types: Sequence[str] = (), closed: Collection[str] = ()
) -> CustomRoute:
    """Return a route through `waypoints` by water that avoids the `closed` passages.

    Raises:
        CustomError: The number of waypoints is out of range, or a vessel type is unknown.
        routing.UnsailableError: A waypoint is on land, or no path by water joins two of them; the message names it.

    """
    if not 2 <= len(waypoints) <= MAX_WAYPOINTS:
        raise CustomError(f"{len(waypoints)} waypoints; a route has 2 to {MAX_WAYPOINTS}", "waypoints")
    for vessel_type in vessel_types:
        if vessel_type not in VESSEL_TYPES:
            raise CustomError(f"{vessel_type!r:.60} is not one of {', '.join(VESSEL_TYPES)}", "vessel_types")
    stops = tuple(routing.stop(point.name, point.lat, point.lon) for point in waypoints)
    legs = tuple(path_between(start, end, frozenset(closed)) for start, end in pairwise(stops))
    lat, lon = np.array([stop.place for stop in stops]).T
    near_port = port_index().nearest(lat, lon, PORT_RANGE_NM) >= 0
    calls = tuple(at in (0, len(stops) - 1) or bool(port) for at, port in enumerate(near_port.tolist()))
    return CustomRoute(name, tuple(waypoints), stops, legs, calls, tuple(vessel_types))


def check_fit(route: CustomRoute, vessel_type: str) -> None:
    """Check that a vessel of this type may sail the route.

    Raises:
        CustomError: The route is for other types; the message names them.

    """
    if route.vessel_types and vessel_type not in route.vessel_types:
        raise CustomError(f"route {route.name!r} is for {', '.join(route.vessel_types)}, not {vessel_type}", "route")

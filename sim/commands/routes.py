"""Commands about custom routes, and what they reply."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from msgspec import UNSET

from fairway.chart import routing
from fairway.commands.routes import AddRoute, PlanRoute
from sim.custom import CustomError, CustomRoute
from sim.custom.conversion import waypoint_of
from sim.custom.routes import make_route
from sim.scenario.schema import MAX_ROUTES
from sim.simulation import Simulation


def add(simulation: Simulation, command: AddRoute) -> CustomRoute:
    """Return the new route.

    Raises:
        CustomError: The name is taken, or there are MAX_ROUTES routes.
        routing.UnsailableError: A waypoint or leg is not on the water.

    """
    if len(simulation.routes) >= MAX_ROUTES:
        raise CustomError(f"there are {MAX_ROUTES} routes already", "name")
    types = [] if command.vessel_types is UNSET else command.vessel_types
    return simulation.add_route(command.name, [waypoint_of(point) for point in command.waypoints], types)


def plan(simulation: Simulation, command: PlanRoute) -> dict[str, Any]:
    """Return the route that these waypoints would give, and add nothing.

    Raises:
        routing.UnsailableError: A waypoint or leg is not on the water.

    """
    waypoints = [waypoint_of(point) for point in command.waypoints]
    if len(waypoints) == 1:
        stop = routing.stop(waypoints[0].name, waypoints[0].lat, waypoints[0].lon)
        return reply(CustomRoute("", tuple(waypoints), (stop,), (), (True,), ()))
    return reply(make_route("", waypoints, closed=set(simulation.closed)))


def find(simulation: Simulation, name: str) -> CustomRoute:
    """Return the custom route of that name.

    Raises:
        LookupError: No route has the name.

    """
    if name not in simulation.routes:
        raise LookupError(f"no route {name!r:.60}")
    return simulation.routes[name]


# legs have thousands of points: the routes that exist are converted once, not for each request
@functools.lru_cache(maxsize=MAX_ROUTES)
def reply(route: CustomRoute) -> dict[str, Any]:
    """Return a route for JSON: its waypoints, their places on the water, and the way between them."""
    points = zip(route.waypoints, route.stops, route.calls, strict=True)
    return {
        "name": route.name,
        "index": route.number,
        "vessel_types": list(route.vessel_types),
        "length_nm": round(sum(leg.length_nm for leg in route.legs), 1),
        "waypoints": [
            {"name": point.name, "lat": point.lat, "lon": point.lon, "call": call,
             "sailed_lat": round(stop.place[0], 5), "sailed_lon": round(stop.place[1], 5)}
            for point, stop, call in points
        ],
        "legs": [np.stack([leg.lat, leg.lon], axis=1).round(5).tolist() for leg in route.legs],
    }  # fmt: skip

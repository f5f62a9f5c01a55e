"""First plans of vessels that join the independent ones: a user's vessel, and a vessel that leaves its lane."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from sim.custom.errors import CustomError
from sim.custom.paths import Place, path_from, stop_of
from sim.custom.plans import Plan, PlanSequence, Sail, ShuttlePlan, keep_course, lie, sail_route, sail_to
from sim.custom.routes import CustomRoute
from sim.custom.vessel import Vessel
from sim.world.world import World

_AT_START_NM: Final = 3.0
"""A vessel within this distance of the start of its route begins the route at once."""


def plan_of_vessel(
    vessel: Vessel, route: CustomRoute | None, progress: float, closed: Collection[str]
) -> tuple[Place, Plan]:
    """Return where a user's vessel starts and what it sails.

    Args:
        vessel: the user's description.
        route: its route, if it has one.
        progress: the part of the way out that is done, 0 to 1; above 0 the vessel's position is not used.
        closed: passages that every path avoids.

    Raises:
        CustomError: The vessel has neither a position nor a route, or its destination is not a port.
        routing.UnsailableError: Its position is on land, or no path by water exists.

    """
    if route is None:
        return _without_route(vessel, closed)
    if vessel.position is None or progress:
        return route.stops[0].place, sail_route(route, progress)
    here = routing.stop(vessel.vessel_name, *vessel.position)
    if distance_nm(*here.place, *route.stops[0].place) < _AT_START_NM:
        return here.place, sail_route(route)
    first = Sail(routing.path(here, route.stops[0], closed), route.stops[0].name)
    return here.place, PlanSequence([first], sail_route(route))


def _without_route(vessel: Vessel, closed: Collection[str]) -> tuple[Place, Plan]:
    if vessel.position is None:
        raise CustomError("a vessel needs a position or a route", "position")
    here = routing.stop(vessel.vessel_name, *vessel.position)
    if vessel.destination:
        end = stop_of(vessel.destination)
        return here.place, sail_to(routing.path(here, end, closed), end.name, end.place)
    if vessel.speed:
        return here.place, keep_course(here.place, vessel.course or 0.0, vessel.speed)
    return here.place, PlanSequence([lie(here.place)])


def plan_off_lane(world: World, row: int, closed: Collection[str]) -> Plan:
    """Return the plan of a vessel that leaves its lane: to its port of destination, then to and from its last port.

    Raises:
        routing.UnsailableError: No path by water exists without the closed passages.

    """
    fleet, leg = world.fleet, int(world.fleet.leg[row])
    ends = [world.ports[int(column[leg])] for column in (world.lanes.start_port, world.lanes.end_port)]
    start, end = (routing.stop(port.name, *port.berth) for port in ends)
    here = float(fleet.lat[row]), float(fleet.lon[row])
    first = Sail(path_from(here, end, closed), end.name)
    return PlanSequence([first], ShuttlePlan(end, start, frozenset(closed)))

"""Custom vessels and routes as typed commands, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from msgspec import UNSET

from fairway.commands.quantities import NamedPosition, RoutePoint
from fairway.commands.routes import AddRoute
from fairway.commands.validation import checked
from fairway.commands.vessels import AddVessel
from sim.custom import CustomRoute, Vessel, Waypoint


def add_command(vessel: Vessel, route: str | None = None, route_progress: float = 0.0) -> AddVessel:
    """Return the command that adds `vessel`, on the route of that name.

    Raises:
        RequestError: A value of `vessel` is out of range; the error names it.

    """
    values: dict[str, Any] = {item.name: getattr(vessel, item.name) for item in fields(Vessel)}
    values["vessel_type"] = str(vessel.vessel_type)
    if vessel.position is not None:
        values["position"] = dict(zip(("latitude", "longitude"), vessel.position, strict=True))
    if isinstance(vessel.destination, Waypoint):
        place = vessel.destination
        values["destination"] = {"latitude": place.lat, "longitude": place.lon, "name": place.name}
    if route is not None:
        values |= {"route": route, "route_progress": route_progress}
    return checked({key: value for key, value in values.items() if value is not None}, AddVessel)


def vessel_of(command: AddVessel) -> Vessel:
    """Return the vessel that a command describes."""
    values = {item.name: getattr(command, item.name) for item in fields(Vessel)}
    if command.position is not UNSET:
        values["position"] = (command.position.latitude, command.position.longitude)
    if command.destination is not UNSET:
        values["destination"] = destination_of(command.destination)
    return Vessel(**{key: value for key, value in values.items() if value is not UNSET})


def destination_of(place: NamedPosition | str) -> Waypoint | str:
    """Return a command's destination: a port's name or UN/LOCODE, or a waypoint named by its numbers at least."""
    if isinstance(place, str):
        return place
    return Waypoint(place.latitude, place.longitude, place.name or f"{place.latitude:g}, {place.longitude:g}")


def waypoint_of(point: RoutePoint) -> Waypoint:
    """Return a command's waypoint, named by its numbers at least."""
    return Waypoint(point.lat, point.lon, point.name or f"{point.lat:g}, {point.lon:g}")


def route_command(route: CustomRoute | Mapping[str, Any]) -> AddRoute:
    """Return the command that adds a route: a CustomRoute, or a dictionary as the guide shows it.

    Raises:
        RequestError: A key or value is wrong; the error names it.

    """
    if not isinstance(route, CustomRoute):
        return checked(dict(route), AddRoute)
    points = [RoutePoint(point.lat, point.lon, point.name) for point in route.waypoints]
    return AddRoute(name=route.name, waypoints=points, vessel_types=list(route.vessel_types))

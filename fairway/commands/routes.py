"""Commands about custom routes: add, remove, list, and plan without saving."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from fairway.commands.base import Command
from fairway.commands.quantities import MAX_WAYPOINTS, RoutePoint, Text, VesselTypes


class AddRoute(Command, kw_only=True, tag="add_route"):
    """A custom route; the simulator finds the way by water between its waypoints.

    Reply: `name`, `index` (the value of the column `route`), `length_nm`, `waypoints`, `legs`, `vessel_types`.
    """

    name: Text
    waypoints: Annotated[list[RoutePoint], Meta(min_length=2, max_length=MAX_WAYPOINTS)]
    vessel_types: VesselTypes | UnsetType = UNSET


class RemoveRoute(Command, kw_only=True, tag="remove_route"):
    """Remove a custom route; vessels on it sail on. Reply: None."""

    name: Text


class PlanRoute(Command, kw_only=True, tag="plan_route"):
    """Find the way by water between waypoints and save nothing; a single waypoint is placed on the water.

    Reply: as of AddRoute.
    """

    waypoints: Annotated[list[RoutePoint], Meta(min_length=1, max_length=MAX_WAYPOINTS)]


class GetRoutes(Command, kw_only=True, tag="get_routes"):
    """List the custom routes. Reply: a list of what AddRoute replies."""

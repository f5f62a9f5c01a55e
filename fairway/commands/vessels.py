"""Commands about simulated vessels: add, change, assign to a route, remove, list."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from fairway.commands.base import Command
from fairway.commands.quantities import (
    Beam,
    Coordinates,
    Course,
    Destination,
    Flag,
    ImoNumber,
    Length,
    Mmsi,
    Share,
    Speed,
    Text,
    VesselName,
    VesselReference,
    VesselTypeName,
)


class AddVessel(Command, kw_only=True, tag="add_vessel"):
    """A custom vessel; the simulator chooses what is left out. It needs a position or a route.

    Reply: the vessel in the shape of an update, with `imo_valid`.
    """

    vessel_name: VesselName
    vessel_type: VesselTypeName
    position: Coordinates | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET
    course: Course | UnsetType = UNSET
    destination: Destination | UnsetType = UNSET
    length: Length | UnsetType = UNSET
    beam: Beam | UnsetType = UNSET
    imo_number: ImoNumber | UnsetType = UNSET
    mmsi: Mmsi | UnsetType = UNSET
    flag: Flag | UnsetType = UNSET
    route: Text | UnsetType = UNSET
    route_progress: Share | UnsetType = UNSET


class ChangeVessel(Command, kw_only=True, tag="change_vessel"):
    """Another speed, and one of course, destination and route, for any simulated vessel.

    A vessel of the fleet leaves its lane for good. Reply: as of AddVessel.
    """

    vessel: VesselReference
    speed: Speed | UnsetType = UNSET
    course: Course | UnsetType = UNSET
    destination: Destination | UnsetType = UNSET
    route: Text | UnsetType = UNSET
    route_progress: Share | UnsetType = UNSET


class AssignRoute(Command, kw_only=True, tag="assign"):
    """Put a vessel on a route at `route_progress` of its way out, whichever types the route is for. Reply: None."""

    vessel: VesselReference
    route: Text
    route_progress: Share = 0.0


class RemoveVessel(Command, kw_only=True, tag="remove_vessel"):
    """Remove any simulated vessel. Reply: its MMSI."""

    vessel: VesselReference


class GetVessels(Command, kw_only=True, tag="get_vessels"):
    """List the custom vessels and those that commands have sent elsewhere, with `route` and `route_progress`."""

"""What writes take, for the OpenAPI document. The views check it themselves, and say what is wrong in their terms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from fairway.commands.control import MAX_INTERVAL_S, MAX_RATE, MAX_STEP_S, MIN_INTERVAL_S, MIN_RATE
from fairway.web.api.models import Knots, Latitude, Longitude, Time, VesselType

Degrees = Annotated[float, Meta(ge=0, lt=360, description="degrees")]
Share = Annotated[float, Meta(ge=0, le=1)]
Metres = Annotated[float, Meta(gt=0, description="metres")]


class ClockChange(Struct, forbid_unknown_fields=True):
    """What is to change of the clock; a `time` before now begins a new epoch."""

    paused: bool | UnsetType = UNSET
    rate: Annotated[float, Meta(ge=MIN_RATE, le=MAX_RATE, description="simulated seconds per second")] | UnsetType = (
        UNSET
    )
    time: Time | UnsetType = UNSET
    update_interval: Annotated[float, Meta(ge=MIN_INTERVAL_S, le=MAX_INTERVAL_S)] | UnsetType = UNSET


class StepBy(Struct, forbid_unknown_fields=True):
    """How much simulated time is to go by at once."""

    seconds: Annotated[float, Meta(gt=0, le=MAX_STEP_S)] | UnsetType = UNSET


class Place(Struct):
    """A position."""

    latitude: Latitude
    longitude: Longitude


class NamedPlace(Struct):
    """A position, and what it is called."""

    latitude: Latitude
    longitude: Longitude
    name: str | UnsetType = UNSET


class NewVessel(Struct):
    """A custom vessel; what is left out is made up."""

    vessel_name: str
    vessel_type: VesselType
    position: Place | UnsetType = UNSET
    speed: Knots | UnsetType = UNSET
    course: Degrees | UnsetType = UNSET
    destination: str | NamedPlace | UnsetType = UNSET
    length: Metres | UnsetType = UNSET
    beam: Metres | UnsetType = UNSET
    imo_number: str | UnsetType = UNSET
    mmsi: int | UnsetType = UNSET
    flag: str | UnsetType = UNSET
    route: str | UnsetType = UNSET
    route_progress: Share | UnsetType = UNSET


class VesselChange(Struct, forbid_unknown_fields=True):
    """What is to change of a vessel; one of course, destination and route."""

    speed: Knots | UnsetType = UNSET
    course: Degrees | UnsetType = UNSET
    destination: str | NamedPlace | UnsetType = UNSET
    route: str | UnsetType = UNSET
    route_progress: Share | UnsetType = UNSET


class WaypointBody(Struct):
    """A place that a route goes by."""

    lat: Latitude
    lon: Longitude
    name: str | UnsetType = UNSET


class NewRoute(Struct, forbid_unknown_fields=True):
    """A custom route; the way by water is found between its waypoints."""

    name: str
    waypoints: list[WaypointBody]
    vessel_types: list[VesselType] | UnsetType = UNSET


class Waypoints(Struct, forbid_unknown_fields=True):
    """Places that a way is wanted between."""

    waypoints: list[WaypointBody]


class FaultShares(Struct):
    """How much is to go wrong between the simulator's feed and Traffic; what is not named does not."""

    silence: Share | UnsetType = UNSET
    drop: Share | UnsetType = UNSET
    duplicate: Share | UnsetType = UNSET
    disorder: Share | UnsetType = UNSET
    late: Share | UnsetType = UNSET
    late_s: float | UnsetType = UNSET


class NewEvent(Struct):
    """An event, with the keys that it has in a scenario file."""

    kind: str | UnsetType = UNSET


class NewZone(Struct):
    """An area that raises alerts; its corners are longitude, latitude."""

    name: str
    corners: list[tuple[Longitude, Latitude]]


class Acknowledgement(Struct):
    """Alerts that somebody has seen."""

    event_ids: list[str]


class TruthQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose truth."""

    all: Literal["true", "false"] | UnsetType = UNSET


class LogQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """In which form."""

    format: Literal["json", "toml"] | UnsetType = UNSET


class Told(Struct):
    """What the simulation says: docs/guide/simulation.md."""

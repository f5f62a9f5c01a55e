"""The form of a scenario file, as Structs that check it. Vessels, routes and events are commands."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from fairway.commands.body import body_of
from fairway.commands.quantities import Interval, Moment, Rate, Span
from fairway.commands.routes import AddRoute
from fairway.commands.vessels import AddVessel

MAX_ROUTES: Final = 1000
MAX_VESSELS: Final = 10_000
MAX_EVENTS: Final = 20_000
"""Twice what a journal holds: a saved session repeats its scenario's events too."""
Weight = Annotated[float, Meta(ge=0, le=1e6)]
Title = Annotated[str, Meta(min_length=1, max_length=2000)]
RouteTable: Any = body_of(AddRoute)
VesselTable: Any = body_of(AddVessel)


class FleetShares(Struct, forbid_unknown_fields=True):
    """How much of the fleet each type is, by weights of any sum."""

    container: Weight = 0.0
    bulker: Weight = 0.0
    general_cargo: Weight = 0.0
    tanker: Weight = 0.0


class FleetTable(Struct, forbid_unknown_fields=True):
    """The table [fleet]."""

    size: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    shares: FleetShares | UnsetType = UNSET


class ScenarioFile(Struct, forbid_unknown_fields=True):
    """A whole file; the reader checks each [[event]] as a command of its `kind`."""

    title: Title | UnsetType = UNSET
    about: Title | UnsetType = UNSET
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] | UnsetType = UNSET
    start: Moment | UnsetType = UNSET
    rate: Rate | UnsetType = UNSET
    update_interval: Interval | UnsetType = UNSET
    reporting: Title | UnsetType = UNSET
    coverage: Title | UnsetType = UNSET
    fleet: FleetTable | UnsetType = UNSET
    route: Annotated[list[RouteTable], Meta(max_length=MAX_ROUTES)] = []
    vessel: Annotated[list[VesselTable], Meta(max_length=MAX_VESSELS)] = []
    event: Annotated[list[dict[str, Any]], Meta(max_length=MAX_EVENTS)] = []


class EventTime(Struct):
    """When an [[event]] begins: a span after the start."""

    at: Span

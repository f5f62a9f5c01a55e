"""Every command in one union, as messages and scenario files hold them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, get_args

import msgspec

from fairway.commands.base import Command
from fairway.commands.clock import ChangeClock, Jump, SetUpdateInterval, Step
from fairway.commands.cluster import AcknowledgeAlerts, AddZone, RemoveZone
from fairway.commands.events import (
    ClosePortEvent,
    CloseSuezEvent,
    DarkEvent,
    DriftEvent,
    FalsePositionEvent,
    FaultsEvent,
    IdentityEvent,
    MeetingEvent,
    SetFaults,
)
from fairway.commands.queries import GetLog, GetScenario, GetTruth
from fairway.commands.routes import AddRoute, GetRoutes, PlanRoute, RemoveRoute
from fairway.commands.vessels import AddVessel, AssignRoute, ChangeVessel, GetVessels, RemoveVessel

EventCommand = (
    DarkEvent
    | IdentityEvent
    | FalsePositionEvent
    | MeetingEvent
    | DriftEvent
    | ClosePortEvent
    | CloseSuezEvent
    | FaultsEvent
)
"""What happens for a time."""
JournalCommand = (
    AddVessel
    | ChangeVessel
    | AssignRoute
    | RemoveVessel
    | AddRoute
    | RemoveRoute
    | SetFaults
    | SetUpdateInterval
    | Jump
)
"""Changes of the simulated world that a journal notes; a scenario repeats them as events that are over at once."""
ScenarioCommand = EventCommand | JournalCommand
"""What an [[event]] of a scenario file can be."""


class BeginEvent(Command, kw_only=True, tag="begin_event"):
    """Begin an event of a scenario now. Reply: the event as GetScenario lists it."""

    event: ScenarioCommand


Query = PlanRoute | GetVessels | GetRoutes | GetTruth | GetScenario | GetLog
"""Commands that change nothing."""
SimulatorCommand = JournalCommand | ChangeClock | Step | BeginEvent | Query
AnyCommand = SimulatorCommand | AddZone | RemoveZone | AcknowledgeAlerts
QUERIES: Final[tuple[type[Command], ...]] = get_args(Query)
EVENT_KINDS: Final[dict[str, type[Command]]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(ScenarioCommand)
}
"""`kind` of an [[event]] -> its command."""


def kind_of(command: Command) -> str:
    """Return the `kind` that names a command in JSON."""
    return str(command.__struct_config__.tag)


def values_of(command: Command) -> dict[str, Any]:
    """Return a command's keys as TOML has them, without `kind` and without what is left at its default."""
    values: dict[str, Any] = msgspec.to_builtins(command, builtin_types=(datetime,))
    return {key: value for key, value in values.items() if key != "kind"}

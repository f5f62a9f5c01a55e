"""The simulator and the zones of the ingest process, as a web process uses them.

Their state is in the deltas that the Replica follows; everything else is a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from fairway.alerts.zones import Zone
from fairway.cluster.command_handler import Reply
from fairway.cluster.message import Area, SimulatorState
from fairway.cluster.replica import Replica
from fairway.commands.cluster import AcknowledgeAlerts, AddZone, RemoveZone
from fairway.commands.interfaces import CommandExecutor
from fairway.commands.union import QUERIES, AnyCommand
from fairway.commands.validation import checked
from fairway.errors import RequestError

SEEN_WITHIN_S: Final = 3.0
"""Longest wait for the delta that shows what a command changed; deltas come four times a second."""
Send = Callable[[AnyCommand], Reply]
"""Sends a command and returns the reply; raises RequestError `ingest_away` or `busy` where none comes."""


class RemoteSimulator:
    """Sends commands to the ingest process. Implements `fairway.commands.interfaces.CommandExecutor`.

    Args:
        send: sends a command to the ingest process.
        replica: follows its Traffic.
        update_interval: the interval until the first delta has come.

    """

    def __init__(self, send: Send, replica: Replica, update_interval: float) -> None:
        self._send, self._replica = send, replica
        self._unknown = SimulatorState(None, update_interval, {"scenario": None})

    @property
    def seed(self) -> int | None:
        """Seed of the simulated world; None while it is unknown."""
        return self._latest.seed

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports."""
        return self._latest.update_interval

    def state(self) -> dict[str, Any]:
        """Return the simulator's state of the latest delta."""
        return self._latest.state

    def execute(self, command: AnyCommand) -> Any:
        """Return a command's reply; what it changed is in this process's Traffic by then.

        Raises:
            RequestError: The error of the ingest process; `ingest_away`; `busy`.

        """
        reply = self._send(command)
        if reply.fault:
            raise RequestError(reply.fault.code, reply.fault.text, reply.fault.field)
        if not isinstance(command, QUERIES):
            self._replica.wait_for(reply.fence, reply.number, SEEN_WITHIN_S)
        return reply.result

    def acknowledge(self, event_ids: Iterable[str]) -> None:
        """Mark alerts as seen."""
        self.execute(AcknowledgeAlerts(event_ids=list(event_ids)))

    def simulator(self) -> CommandExecutor | None:
        """Return this, or None where the ingest process has no simulator."""
        latest = self._replica.latest
        return self if latest is None or latest.simulation else None

    @property
    def zones(self) -> tuple[Area, ...]:
        """The zones of the latest delta."""
        return self._replica.zones

    @property
    def _latest(self) -> SimulatorState:
        latest = self._replica.latest
        return (latest and latest.simulation) or self._unknown


class RemoteZones:
    """The zones of the ingest process. Implements `fairway.alerts.zones.ZoneList`."""

    def __init__(self, remote: RemoteSimulator) -> None:
        self._remote = remote

    @property
    def all(self) -> tuple[Zone, ...]:
        """In the order in which they were added."""
        return tuple(_zone(area) for area in self._remote.zones)

    def add(self, name: str, ring: Sequence[Any]) -> Zone:
        """Add a zone.

        Raises:
            RequestError: The corners are no zone; there are too many zones; the ingest process is away.

        """
        command = checked({"name": name, "corners": list(ring)}, AddZone)
        return _zone(msgspec.convert(self._remote.execute(command), Area))

    def remove(self, number: int) -> bool:
        """Remove a zone; return whether there was one."""
        return bool(self._remote.execute(RemoveZone(id=number)))


def _zone(area: Area) -> Zone:
    return Zone(area.id, area.name, np.array(area.corners))

"""Remote: the simulator and the zones of the ingest process, as a web process holds them.

What they tell without being asked is in the entries that the Replica has; everything else is an Order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, cast

import msgspec
import numpy as np

from fairway.alerts.zones import Zone
from fairway.cluster.command_handler import OF_CONTROL, Reply
from fairway.cluster.message import Area, SimulatorState
from fairway.cluster.replica import Replica
from fairway.commands.control import Control
from fairway.errors import RequestError

SEEN_WITHIN_S: Final = 3.0
"""An answer waits so long at most until what it did can be seen here: entries come four times a second."""
QUESTIONS: Final = ("log", "routes", "scenario", "truth", "vessels", "way")
"""Orders that change nothing."""
Ask = Callable[[str, dict[str, Any]], Reply]
"""(name, arguments) -> the Reply to that order; raises RequestError `ingest_away` or `busy` where there is none."""


class RemoteSimulator:
    """Gives orders. An order that changes something returns when the change can be seen in this process.

    Args:
        ask: takes an order to the ingest process.
        replica: follows its Traffic.
        update_interval: what is believed of it before the first entry has come.

    """

    def __init__(self, ask: Ask, replica: Replica, update_interval: float) -> None:
        self._ask, self._replica = ask, replica
        self._unknown = SimulatorState(None, update_interval, {"scenario": None})

    def order(self, name: str, /, **arguments: Any) -> Any:
        """The result.

        Raises:
            RequestError: What the ingest process says is wrong; `ingest_away`, `busy`.

        """
        answer = self._ask(name, arguments)
        if answer.fault:
            raise RequestError(answer.fault.code, answer.fault.text, answer.fault.field)
        if name not in QUESTIONS:
            self._replica.wait_for(answer.fence, answer.number, SEEN_WITHIN_S)
        return answer.result

    def acknowledge(self, event_ids: Iterable[str]) -> None:
        """See `traffic.events.Events.acknowledge`."""
        self.order("acknowledge", event_ids=list(event_ids))

    def control(self) -> Control | None:
        """The simulator's handles; None where the ingest process has none."""
        latest = self._replica.latest
        return cast(Control, RemoteControl(self)) if latest is None or latest.simulation else None

    def simulation(self) -> SimulatorState:
        """What the simulator told last."""
        latest = self._replica.latest
        return (latest and latest.simulation) or self._unknown

    @property
    def zones(self) -> tuple[Area, ...]:
        """Those of the ingest process, as told last."""
        return self._replica.zones


class RemoteControl:
    """A simulator elsewhere, as `traffic.control.Control` has it: what is not here is an order of its name."""

    def __init__(self, remote: RemoteSimulator) -> None:
        self._remote = remote

    @property
    def seed(self) -> int | None:
        """See `Control.seed`."""
        return self._remote.simulation().seed

    @property
    def update_interval(self) -> float:
        """See `Control.update_interval`."""
        return self._remote.simulation().update_interval

    def state(self) -> dict[str, Any]:
        """See `Control.state`."""
        return self._remote.simulation().state

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The method of Control."""
        if name not in OF_CONTROL:
            raise AttributeError(name)

        def give(*given: Any, **named: Any) -> Any:
            arguments = OF_CONTROL[name].bind(self, *given, **named).arguments
            return self._remote.order(name, **{key: value for key, value in arguments.items() if key != "self"})

        return give


class RemoteZones:
    """The zones of the ingest process. Implements `traffic.zones.ZoneList`."""

    def __init__(self, remote: RemoteSimulator) -> None:
        self._remote = remote

    @property
    def all(self) -> tuple[Zone, ...]:
        """In the order in which they were made."""
        return tuple(_zone(area) for area in self._remote.zones)

    def add(self, name: str, ring: Sequence[Any]) -> Zone:
        """Have a new zone kept.

        Raises:
            RequestError: It is none; there are too many; the ingest process is away.

        """
        return _zone(msgspec.convert(self._remote.order("add_zone", name=name, ring=ring), Area))

    def remove(self, number: int) -> bool:
        """Have a zone forgotten; whether there was one."""
        return bool(self._remote.order("remove_zone", number=number))


def _zone(area: Area) -> Zone:
    return Zone(area.id, area.name, np.array(area.corners))

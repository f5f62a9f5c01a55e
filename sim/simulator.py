"""The simulator as a source of reports: an SimulationLoop in a thread of its own, and the inbox through which it is steered."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from fairway.commands import control
from fairway.errors import RequestError, SettingsError
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import scenario_file
from fairway.traffic.traffic import Traffic
from sim import commands
from sim.custom.vessel import CustomRoute, Vessel, order_of
from sim.engine import NOTHING, Publish, SimulationLoop
from sim.scenario import scenario
from sim.scenario.events import ScenarioEvents
from sim.scenario.journal import Journal
from sim.scenario.scenario import Scenario, ScenarioError, ScenarioEvent
from sim.simulation import Simulation
from sim.world.world import World

_ANSWER_WITHIN_S: Final = 120.0
_LOOK_AGAIN_S: Final = 0.25

T = TypeVar("T")


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Keep a Simulation at the clock's time and publish its vessels' reports, until `stop`.

    A clock that was set back starts a new Simulation of the same seed.
    """
    Simulator(publish, clock, settings).run(stop)


def simulator(publish: Publish, clock: Clock, settings: Settings, traffic: Traffic) -> Simulator:
    """The Simulator that `settings` ask for; one with a scenario has begun, so that what can't be is told at once.

    Raises:
        SettingsError: The scenario has a mistake, which the message names.

    """
    try:
        if not settings.scenario:
            return Simulator(publish, clock, settings, traffic)
        made = Simulator(publish, clock, settings, traffic, scenario.load(scenario_file(settings.scenario)))
        made.begin()
    except ScenarioError as error:
        raise SettingsError("--scenario", str(error)) from error
    return made


class Simulator:
    """A Simulation at the clock's time. Implements `traffic.control.Control`.

    Only the thread that runs it touches the Simulation; others leave orders in its inbox, which it carries out between two
    steps. While nobody runs it, orders are carried out at once.

    Args:
        publish: takes the reports.
        clock: the process's time; of mode simulation it is led by the Simulation, otherwise the Simulation follows it.
        settings: seed, size and reporting of the fleet.
        traffic: where the reports go, to be told of what no report can say; None where that is elsewhere.
        scenario: what shall happen.

    """

    def __init__(
        self,
        publish: Publish,
        clock: Clock,
        settings: Settings,
        traffic: Traffic | None = None,
        scenario: Scenario = NOTHING,
    ) -> None:
        self._loop = SimulationLoop(publish, clock, settings, traffic, scenario)
        self._clock, self._settings, self._scenario = clock, settings, scenario
        self._inbox: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._called = threading.Event()
        self._runs = False

    @property
    def seed(self) -> int:
        """Of the simulated world."""
        return self._settings.seed

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports."""
        return self._loop.update_interval

    @property
    def simulation(self) -> Simulation:
        """The truth; begun at the clock's time when it is first asked for."""
        return self._loop.simulation

    @property
    def world(self) -> World:
        """The fleet on its lanes."""
        return self.simulation.world

    @property
    def journal(self) -> Journal:
        """What was done since the Simulation began."""
        return self._loop.journal

    @property
    def events(self) -> ScenarioEvents:
        """What happens and happened."""
        return self._loop.events

    def begin(self) -> None:
        """Make the Simulation at the clock's time, if there is none; `run` does so too.

        Raises:
            sim.scenario.ScenarioError: A vessel or route of the scenario can't be.

        """
        _ = self.simulation

    @property
    def begun(self) -> bool:
        """Whether there is a Simulation, or it is being made by the thread that runs it."""
        return self._runs or self._loop.begun

    def saved(self, wall: float) -> bytes:
        """All that `restore` needs to go on from this moment, between two steps; `wall` is Unix seconds."""
        return self._ask(lambda: self._loop.saved(wall))

    def restore(self, kept: bytes, wall: float) -> None:
        """See `SimulationLoop.restore`; before it runs."""
        self._loop.restore(kept, wall)

    def run(self, stop: threading.Event) -> None:
        """Take steps and orders until `stop`. A run that follows one that failed begins a new Simulation."""
        failed, self._runs = self._runs, True
        if failed:
            self._loop.begin(self._clock.now())
        self.begin()
        while not stop.is_set():
            self.obey()
            if not self.advance():
                self._sleep()
        self._runs = False
        self.obey()

    def advance(self) -> bool:
        """See `SimulationLoop.advance`."""
        return self._loop.advance()

    def obey(self) -> None:
        """Carry out the orders in the inbox; who gave one gets its result, or its error."""
        self._called.clear()
        while self._inbox:
            order, answer = self._inbox.popleft()
            try:
                answer.set_result(order())
            except (RequestError, ValueError, LookupError) as error:
                answer.set_exception(error)

    def steer(
        self,
        *,
        paused: bool | None = None,
        rate: float | None = None,
        time: float | None = None,
        update_interval: float | None = None,
    ) -> None:
        """See `Control.steer`."""
        if not (paused is None and rate is None and time is None):
            self._refuse_utc()
        _check("rate", rate, control.MIN_RATE, control.MAX_RATE)
        _check("update_interval", update_interval, control.MIN_INTERVAL_S, control.MAX_INTERVAL_S)
        self._ask(lambda: self._loop.steer(paused, rate, time, update_interval))

    def step(self, seconds: float) -> None:
        """See `Control.step`."""
        self._refuse_utc()
        _check("seconds", seconds, 0.001, control.MAX_STEP_S)
        self._ask(lambda: self._loop.step(seconds))

    def state(self) -> dict[str, Any]:
        """See `Control.state`."""
        simulation = self._loop.simulation if self._loop.begun else None
        return {
            "seed": self.seed,
            "scenario": self._scenario.name or None,
            "closed": sorted(simulation.closed) if simulation else [],
            "faults": self._loop.line.state(),
        }

    def add(
        self, vessel: Vessel, route: CustomRoute | Mapping[str, Any] | str | None = None, route_progress: float = 0.0
    ) -> int:
        """Take a vessel into the fleet, on a route or without; its MMSI.

        Args:
            vessel: who it is.
            route: what `add_route` takes or returned, or the name of a route that is there.
            route_progress: how much of the way out is done, 0 to 1.

        Raises:
            RequestError: It can't be; the message says why.

        """
        on = {} if route is None else {"route": self._named(route), "route_progress": route_progress}
        told = self.add_vessel(order_of(vessel) | on)
        return int(told["mmsi"])

    def assign(self, mmsi: int, route: CustomRoute | Mapping[str, Any] | str, route_progress: float = 0.0) -> None:
        """Put a vessel on a route, at `route_progress` of its way out.

        Raises:
            RequestError: There is no such vessel, or the route can't be sailed.

        """
        order = {"vessel": str(mmsi), "route": self._named(route), "route_progress": route_progress}
        self._ask(lambda: self._loop.do("assign", order))

    def add_vessel(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.add_vessel`."""
        return self._ask(lambda: self._loop.do("add_vessel", order))

    def remove_vessel(self, vessel: int | str) -> int:
        """See `Control.remove_vessel`."""
        return int(self._ask(lambda: self._loop.do("remove_vessel", {"vessel": str(vessel)})))

    def change_vessel(self, vessel: int | str, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.change_vessel`."""
        if "vessel" in order:
            raise RequestError("bad_request", "vessel can't be changed", "vessel")
        return self._ask(lambda: self._loop.do("change_vessel", {"vessel": str(vessel), **order}))

    def vessels(self) -> list[dict[str, Any]]:
        """See `Control.vessels`."""
        return self._ask(lambda: commands.own_vessels(self.simulation))

    def way(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.way`."""
        # in the caller's own thread: nothing changes, and the simulation need not wait for it
        return commands.answered(lambda: commands.way(self.simulation, order))

    def add_route(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.add_route`."""
        return self._ask(lambda: self._loop.do("add_route", order))

    def remove_route(self, name: str) -> None:
        """See `Control.remove_route`."""
        self._ask(lambda: self._loop.do("remove_route", {"name": name}))

    def routes(self) -> list[dict[str, Any]]:
        """See `Control.routes`."""
        simulation = self._loop.simulation if self._loop.begun else None
        return [commands.route_told(route) for route in list(simulation.routes.values())] if simulation else []

    def set_faults(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.set_faults`."""
        return self._ask(lambda: self._loop.do("set_faults", order))

    def happen(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.happen`."""
        event: ScenarioEvent = commands.event(order)
        return self._ask(lambda: commands.begun(self.events, event))

    def truth(self, everybody: bool = False) -> dict[str, Any]:
        """See `Control.truth`."""
        return self._ask(lambda: commands.truth(self.simulation, self.events, everybody))

    def scenario(self) -> dict[str, Any]:
        """See `Control.scenario`."""
        about = {"name": self._scenario.name or None, "title": self._scenario.title, "about": self._scenario.about}
        return self._ask(lambda: about | {"events": commands.told(self.events)})

    def log(self) -> dict[str, Any]:
        """See `Control.log`."""
        return self._ask(lambda: self.journal.told() | {"scenario": self._loop.recorded()})

    def _named(self, route: CustomRoute | Mapping[str, Any] | str) -> str:
        """The name of a route, which is made if there is none of that name."""
        if isinstance(route, str):
            return route
        order = commands.route_order(route)
        if order.get("name") not in self.simulation.routes:
            self.add_route(order)
        return str(order["name"])

    def _sleep(self) -> None:
        due_s = self._loop.due_in_s / self._clock.rate
        self._called.wait(_LOOK_AGAIN_S if self._clock.paused else min(max(due_s, 0.001), _LOOK_AGAIN_S))

    def _refuse_utc(self) -> None:
        if self._loop.is_utc:
            raise RequestError("not_steerable", f"the clock is UTC (mode {self._clock.mode}) and can't be steered")

    def _ask(self, order: Callable[[], T]) -> T:
        """Have an order carried out by the thread that runs the Simulation, and wait for its result."""
        if not self._runs:
            return commands.answered(order)
        answer: Future[T] = Future()
        self._inbox.append((order, answer))
        self._called.set()
        try:
            return commands.answered(lambda: answer.result(_ANSWER_WITHIN_S))
        except TimeoutError as error:
            raise RequestError("busy", f"the simulator did not answer within {_ANSWER_WITHIN_S:.0f} s") from error


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise RequestError("bad_request", f"{name} {value} is outside {low:g} to {high:g}", name)

"""The simulator as a source of reports: a SimulationLoop in its own thread, and the inbox for commands to it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from fairway.commands.clock import ChangeClock
from fairway.commands.routes import GetRoutes, PlanRoute
from fairway.commands.union import SimulatorCommand
from fairway.commands.validation import checked
from fairway.commands.vessels import AssignRoute, RemoveVessel
from fairway.errors import RequestError, SettingsError
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import scenario_file
from fairway.traffic.traffic import Traffic
from sim.commands.errors import with_request_errors
from sim.custom import CustomRoute, Vessel
from sim.custom.conversion import add_command, route_command
from sim.engine import resume
from sim.engine.executor import Executor
from sim.engine.loop import EMPTY, Publish
from sim.scenario import scenario
from sim.scenario.events import ScenarioEvents
from sim.scenario.journal import Journal
from sim.scenario.scenario import Scenario, ScenarioError
from sim.simulation import Simulation
from sim.world.world import World

REPLY_WITHIN_S: Final = 120.0
_LOOK_AGAIN_S: Final = 0.25
"""Longest sleep between two looks at the clock, which other threads may change."""

T = TypeVar("T")
Route = CustomRoute | Mapping[str, Any] | str
"""A route, a dictionary as the guide shows it, or the name of a route that exists."""


def simulator(publish: Publish, clock: Clock, settings: Settings, traffic: Traffic) -> Simulator:
    """Return the Simulator of `settings`; with a scenario it is started, so that mistakes are found at once.

    Raises:
        SettingsError: The scenario has a mistake; the message names it.

    """
    try:
        if not settings.scenario:
            return Simulator(publish, clock, settings, traffic)
        built = Simulator(publish, clock, settings, traffic, scenario.load(scenario_file(settings.scenario)))
        built.start()
    except ScenarioError as error:
        raise SettingsError("--scenario", str(error)) from error
    return built


class Simulator:
    """A Simulation at the clock's time. Implements `fairway.commands.interfaces.CommandExecutor`.

    Only the thread that runs it touches the Simulation. Commands of other threads wait in its inbox until it executes
    them between two steps; while no thread runs it, commands are executed at once.

    Args:
        publish: takes the reports.
        clock: the process's time; in mode simulation the simulation leads it, otherwise the simulation follows it.
        settings: seed, size and reporting of the fleet.
        traffic: the destination of the reports, for what no report can say; None where it is in another process.
        scenario: vessels, routes and events beside the fleet.

    """

    def __init__(
        self,
        publish: Publish,
        clock: Clock,
        settings: Settings,
        traffic: Traffic | None = None,
        scenario: Scenario = EMPTY,
    ) -> None:
        self._executor = Executor(publish, clock, settings, traffic, scenario)
        self._loop = self._executor.loop
        self._clock, self._settings = clock, settings
        self._inbox: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._called = threading.Event()
        self._runs = False

    @property
    def seed(self) -> int:
        """Seed of the simulated world."""
        return self._settings.seed

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports."""
        return self._loop.update_interval

    @property
    def simulation(self) -> Simulation:
        """The truth; the first use starts it at the clock's time."""
        return self._loop.simulation

    @property
    def world(self) -> World:
        """The fleet on its lanes."""
        return self.simulation.world

    @property
    def journal(self) -> Journal:
        """The commands since the simulation started."""
        return self._loop.journal

    @property
    def events(self) -> ScenarioEvents:
        """The scenario's events, and those that commands have started."""
        return self._loop.events

    @property
    def is_started(self) -> bool:
        """Whether the simulation exists, or the thread that runs it is about to make it."""
        return self._runs or self._loop.is_started

    def start(self) -> None:
        """Start the simulation at the clock's time, if there is none; `run` does so too.

        Raises:
            sim.scenario.scenario.ScenarioError: A vessel or route of the scenario is impossible.

        """
        _ = self.simulation

    def save(self, wall: float) -> bytes:
        """Return all that `restore` needs to resume from this moment, between two steps; `wall` is Unix seconds."""
        return self._between_steps(lambda: resume.save(self._loop, wall))

    def restore(self, data: bytes, wall: float) -> None:
        """Resume from what `save` returned; call it before `run`.

        Raises:
            ValueError: Another release saved it, or it is older than the longest jump.

        """
        resume.restore(self._loop, data, wall)

    def run(self, stop: threading.Event) -> None:
        """Take steps and execute commands until `stop`. A run after one that failed starts a new simulation."""
        failed, self._runs = self._runs, True
        if failed:
            self._loop.start(self._clock.now())
        self.start()
        while not stop.is_set():
            self.execute_waiting()
            if not self.advance():
                self._sleep()
        self._runs = False
        self.execute_waiting()

    def advance(self) -> bool:
        """Take one step, if one is due; return whether it was."""
        return self._loop.advance()

    def execute_waiting(self) -> None:
        """Execute what waits in the inbox; each sender gets its result or its error."""
        self._called.clear()
        while self._inbox:
            execute, answer = self._inbox.popleft()
            try:
                answer.set_result(execute())
            except (RequestError, ValueError, LookupError) as error:
                answer.set_exception(error)

    def state(self) -> dict[str, Any]:
        """Return `seed`, `scenario`, `closed` passages and `faults` with their counts."""
        closed = self._loop.simulation.closed if self._loop.is_started else ()
        return {
            "seed": self.seed,
            "scenario": self._loop.scenario.name or None,
            "closed": sorted(closed),
            "faults": self._loop.line.state(),
        }

    def execute(self, command: SimulatorCommand) -> Any:
        """Execute a command between two steps, and return its reply.

        Raises:
            RequestError: See `CommandExecutor.execute`.

        """
        if isinstance(command, PlanRoute | GetRoutes) and self._loop.is_started:
            # these read what never changes under them: the simulation need not wait for a long search
            return with_request_errors(lambda: self._executor.execute(command))
        return self._between_steps(lambda: self._executor.execute(command))

    def steer(
        self,
        *,
        paused: bool | None = None,
        rate: float | None = None,
        time: float | None = None,
        update_interval: float | None = None,
    ) -> None:
        """Change the clock as `ChangeClock` does; `time` is Unix seconds.

        Raises:
            RequestError: A value is out of range, or the clock is UTC.

        """
        moment = None if time is None else datetime.fromtimestamp(time, UTC)
        values = {"paused": paused, "rate": rate, "time": moment, "update_interval": update_interval}
        self.execute(checked({key: value for key, value in values.items() if value is not None}, ChangeClock))

    def add(self, vessel: Vessel, route: Route | None = None, route_progress: float = 0.0) -> int:
        """Add a vessel, on a route or without; return its MMSI.

        Args:
            vessel: the description.
            route: a new route is added first.
            route_progress: share of the way out that is done, 0 to 1.

        Raises:
            RequestError: The vessel or the route is impossible; the message gives the reason.

        """
        name = None if route is None else self._name_of(route)
        return int(self.execute(add_command(vessel, name, route_progress))["mmsi"])

    def add_route(self, route: CustomRoute | Mapping[str, Any]) -> dict[str, Any]:
        """Add a custom route; return it with its way by water.

        Raises:
            RequestError: A waypoint or leg is not on the water, or the name is taken.

        """
        reply: dict[str, Any] = self.execute(route_command(route))
        return reply

    def assign(self, mmsi: int, route: Route, route_progress: float = 0.0) -> None:
        """Put a vessel on a route, at `route_progress` of its way out; a new route is added first.

        Raises:
            RequestError: There is no such vessel, or the route can't be sailed.

        """
        values = {"vessel": mmsi, "route": self._name_of(route), "route_progress": route_progress}
        self.execute(checked(values, AssignRoute))

    def remove_vessel(self, vessel: int | str) -> int:
        """Remove a vessel by IMO number, MMSI or name; return its MMSI.

        Raises:
            RequestError: `not_found`.

        """
        return int(self.execute(checked({"vessel": vessel}, RemoveVessel)))

    def _name_of(self, route: Route) -> str:
        if isinstance(route, str):
            return route
        command = route_command(route)
        if command.name not in self.simulation.routes:
            self.execute(command)
        return command.name

    def _sleep(self) -> None:
        due_s = self._loop.due_in_s / self._clock.rate
        self._called.wait(_LOOK_AGAIN_S if self._clock.paused else min(max(due_s, 0.001), _LOOK_AGAIN_S))

    def _between_steps(self, execute: Callable[[], T]) -> T:
        """Let the thread that runs the simulation execute something, and wait for the result."""
        if not self._runs:
            return with_request_errors(execute)
        answer: Future[T] = Future()
        self._inbox.append((execute, answer))
        self._called.set()
        try:
            return with_request_errors(lambda: answer.result(REPLY_WITHIN_S))
        except TimeoutError as error:
            raise RequestError("busy", f"the simulator did not answer within {REPLY_WITHIN_S:.0f} s") from error
